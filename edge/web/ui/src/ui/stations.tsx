// The pack desks of the site: which one this page stands at, and why one is not
// free.

import { useEffect, useState } from "preact/hooks";
import type { Client } from "../client";
import { call } from "../http";
import { load, save } from "../store";
import { either, text } from "../text";
import { pass, Sheet, useScans } from "./sheet";

export interface Station { name: string; free: boolean; mine?: boolean; why?: string; printer?: string; state?: string }

const every = 5000; // ms between two looks

// useStations asks the edge while on; undefined until it has answered.
export function useStations(on: boolean): Station[] | undefined {
  const [all, set] = useState<Station[] | undefined>(undefined);
  useEffect(() => {
    if (!on) return undefined;
    const read = () => void call<{ items: Station[] }>("GET", "/floor/v1/stations").then((r) => set(r.items), () => undefined);
    read();
    const t = window.setInterval(read, every);
    return () => clearInterval(t);
  }, [on]);
  return all;
}

export function reason(s: Station): string {
  if (s.mine) return text("desk.mine");
  if (s.free) return text("desk.free");
  if (s.why === "taken") return text("desk.taken");
  if (s.why === "printer") return text("desk.printerBad", { printer: s.printer || "", state: either("printer.", s.state) });
  return text("desk.noPrinterHere");
}

// NoDesk says why no work can be begun at a desk, where none is free.
export function NoDesk(p: { stations?: Station[]; wanted?: string }) {
  const of = (p.stations || []).filter((s) => !p.wanted || s.name === p.wanted);
  if (!p.stations || of.some((s) => s.free)) return null;
  return (
    <div class="no-desk" role="status">
      <p>{p.wanted ? text("idle.deskNotFree", { station: p.wanted }) : text(p.stations.length === 0 ? "idle.noStations" : "idle.noFreeStation")}</p>
      <ul>
        {of.map((s) => (
          <li key={s.name}>
            {!p.wanted && <b>{s.name}</b>} {reason(s)}
          </li>
        ))}
      </ul>
    </div>
  );
}

// StationSheet chooses the desk that this page stands at.
export function StationSheet(p: { client: Client; stations?: Station[]; onClose: () => void }) {
  useScans(p.client, pass(p.client, p.onClose));
  const chosen = load("station", "");
  const choose = (name: string) => {
    save("station", name);
    p.onClose();
  };
  return (
    <Sheet title={text("idle.chooseStation")} onClose={p.onClose} id="stations">
      <div class="rows">
        <button type="button" data-station="" aria-pressed={chosen === ""} onClick={() => choose("")}>
          {text("idle.anyStation")}
        </button>
        {(p.stations || []).map((s) => (
          <button key={s.name} type="button" data-station={s.name} aria-pressed={chosen === s.name} onClick={() => choose(s.name)}>
            {s.name} <small>{reason(s)}</small>
          </button>
        ))}
      </div>
      {p.stations && p.stations.length === 0 && <p class="hint">{text("idle.noStations")}</p>}
    </Sheet>
  );
}
