// What can be started: tall rows, the first one big.

import type { Client } from "../client";
import { load } from "../store";
import { either, has, text } from "../text";
import { cutoff } from "../time";
import type { Screen, Waiting } from "../types";
import { NoDesk, useStations } from "./stations";
import { left } from "./task";

function Row(p: { client: Client; w: Waiting; first: boolean; station?: string; tote?: string }) {
  const { w } = p;
  const c = cutoff(w.cutoff);
  const args: { [k: string]: string } = { flow: w.flow };
  if (w.mode) args.mode = w.mode;
  if ((w.flow === "pack" || w.flow === "hospital") && p.station) args.station = p.station;
  const mode = w.mode && w.mode !== "order" && has("mode." + w.mode) ? text("mode." + w.mode) : "";
  return (
    <button type="button" class={"work" + (p.first ? " first" : "")} data-flow={w.flow} disabled={!p.client.mayAct("start")} onClick={() => p.client.act("start", args)}>
      <span class="flow">
        {either("flow.", w.flow)} {mode && <span class="mode">{mode}</span>}
      </span>
      <span class="n">{text("idle.waiting", { n: w.waiting })}</span>
      {p.tote && <span class="when code">{p.tote}</span>}
      {c && (
        <span class={"when" + (c.late ? " late" : c.soon ? " soon" : "")}>
          {text("idle.next", { at: c.at })} {"\u00b7"} {left(c)}
        </span>
      )}
    </button>
  );
}

// ZoneRow begins picking in one zone.
function ZoneRow(p: { client: Client; w: Waiting }) {
  const { w } = p;
  const c = cutoff(w.cutoff);
  return (
    <button type="button" class="work" data-flow={w.flow} data-zone={w.zone} disabled={!p.client.mayAct("start")} onClick={() => p.client.act("start", { flow: w.flow, mode: w.mode, zone: w.zone })}>
      <span class="flow">{text("task.zone", { zone: w.zone || "" })}</span>
      <span class="n">{text("idle.waiting", { n: w.waiting })}</span>
      {c && <span class={"when" + (c.late ? " late" : c.soon ? " soon" : "")}>{left(c)}</span>}
    </button>
  );
}

// bringsBack is the tote whose goods this worker was just told to bring back; "" where
// none is named; undefined: nobody told them anything.
function bringsBack(client: Client): string | undefined {
  const last = client.history[0];
  if (last && last.sign.say.key === "ack.done") return ""; // out of its tote
  const told = client.notes.filter((n) => n.say.key === "pick.cancelTote")[0];
  return told && String((told.say.args || {}).tote || "");
}

// sorted puts what a page is for first, else what was done last on this device. Bringing
// goods back stands where it is seen at once: first where it is what comes next, else
// second, as always at a desk.
function sorted(list: Waiting[], first: string | undefined, brings: boolean): Waiting[] {
  const usual: { flow: string; mode?: string } = first ? { flow: first } : load("usual", { flow: "" });
  const rank = (w: Waiting, i: number) => {
    if (w.flow === "replenish") return brings && !first ? -3 : first ? -0.5 : 0.5;
    return w.flow !== usual.flow ? i : usual.mode && usual.mode === w.mode ? -2 : -1;
  };
  return list.map((w, i) => ({ w, i, at: rank(w, i) })).sort((a, b) => a.at - b.at || a.i - b.i).map((x) => x.w);
}

export function Idle(p: { client: Client; s: Screen; station?: string; first?: string }) {
  const { s } = p;
  const back = bringsBack(p.client);
  // The zones stand in a block of their own, where the first of them would.
  const all = sorted(s.work || [], p.first, back !== undefined);
  const zones = all.filter((w) => !!w.zone);
  const work = all.filter((w) => !w.zone);
  const atZones = zones.length > 0 ? all.indexOf(zones[0]) : 0;
  const row = (w: Waiting, first: boolean) => (
    <Row key={w.flow + (w.mode || "")} client={p.client} w={w} first={first} station={p.station} tote={w.flow === "replenish" ? back : ""} />
  );
  const tote = s.expect.filter((e) => e.kind === "tote")[0];
  const packs = work.some((w) => w.flow === "pack");
  const desk = p.station !== undefined; // "": any desk; a PDA asked for none
  const stations = useStations(packs && desk);
  const docks = s.expect.filter((e) => e.kind === "dock");
  return (
    <div class="idle" id="idle">
      {packs && desk && <NoDesk stations={stations} wanted={p.station} />}
      {tote && tote.code && (
        <p class="resume" id="resume">
          {text("idle.resume", { code: tote.code })}
        </p>
      )}
      {work.slice(0, atZones).map((w, i) => row(w, i === 0))}
      {zones.length > 0 && <div class="zones">{zones.map((w) => <ZoneRow key={w.zone} client={p.client} w={w} />)}</div>}
      {work.slice(atZones).map((w, i) => row(w, zones.length === 0 && i === 0))}
      {all.length === 0 && <p class="nothing">{text("idle.nothing")}</p>}
      {s.why && s.why !== "nothing" && <p class="hint why" data-why={s.why}>{either("noWork.", s.why)}</p>}
      {tote && !tote.code && <p class="hint">{text("idle.scanTote")}</p>}
      {docks.length > 0 && (
        <p class="hint">
          {text("idle.scanDock")}: {docks.slice(0, 6).map((d) => <span key={d.code} class="code whole">{d.code}</span>)}
        </p>
      )}
    </div>
  );
}
