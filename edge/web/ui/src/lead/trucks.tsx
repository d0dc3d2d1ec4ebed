// The trucks: the open ones, and those that left in the last two days, with their
// manifests.

import { useState } from "preact/hooks";
import { call, Problem } from "../http";
import { either, failure, language, text } from "../text";
import { clock } from "../time";
import { useRenewed } from "./latest";

export interface TruckLine {
  id: string; dock: string; carrier: string; carriers?: string[]; route?: string; trip?: string; vehicle?: string; departs?: string; opened?: string; closed?: string;
  loaded: number; containers?: number; missing?: number; extra?: number; collected?: number; reason?: string;
}

// PrintManifest sends a manifest to the site's printer of documents.
export function PrintManifest(p: { truck: string }) {
  const [said, say] = useState("");
  const go = () =>
    void call("POST", "/site/v1/trucks/" + encodeURIComponent(p.truck) + "/manifest/print", { print: language() }).then(
      () => say("\u2713 " + text("manifest.sent")),
      (e: Problem) => say("\u25b2 " + failure(e.code)),
    );
  return (
    <span class="print-manifest">
      <button type="button" data-action="printManifest" onClick={go}>{text("manifest.toPrinter")}</button> <small role="status">{said}</small>
    </span>
  );
}

export function TruckList() {
  const { got, problem } = useRenewed<{ items: TruckLine[] }>("/site/v1/trucks");
  const list = got && got.items;
  return (
    <section class="list" id="truck-list">
      <h2>{text("lead.trucksAll")}</h2>
      {problem && <p class="problem">{failure(problem.code)}</p>}
      {list && list.length === 0 && <p>{text("lead.noTrucks")}</p>}
      <ul class="people-list device-list">
        {(list || []).map((t) => (
          <li key={t.id} data-truck={t.id}>
            <p>
              <b>{(t.carriers && t.carriers.length > 0 ? t.carriers : [t.carrier]).map((c) => either("carrier.", c)).join(", ")}</b>
              <span>{[t.dock, t.trip, t.route, t.vehicle].filter((x) => !!x).join(" \u00b7 ")}</span>
              <small>{t.closed ? text("lead.truckClosed", { at: clock(Date.parse(t.closed)) }) : text("lead.truckOpen", { at: clock(Date.parse(t.opened || "")) })}</small>
            </p>
            <p>
              <span>{text("lead.truckCounts", { loaded: t.loaded, missing: t.missing || 0, extra: t.extra || 0 })}</span>
              {t.closed && <small>{text("lead.truckCollected", { n: t.collected || 0 })}</small>}
            </p>
            <p class="papers">
              <a class="button" href={"/manifest?truck=" + encodeURIComponent(t.id)} target="_blank" rel="noopener">{text("manifest.title")}</a>{" "}
              <a class="button" href={"/site/v1/trucks/" + encodeURIComponent(t.id) + "/manifest.csv?bom=1"}>CSV</a>{" "}
              <PrintManifest truck={t.id} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
