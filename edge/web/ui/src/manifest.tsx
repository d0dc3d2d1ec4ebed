// A truck's manifest on paper, A4: what a driver signs for. It names no person.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Client } from "./client";
import { call, Problem } from "./http";
import "./style/base.css";
import "./style/manifest.css";
import { either, failure, setLanguage, text } from "./text";
import { clock } from "./time";
import { LanguageRow, Login } from "./ui/login";
import { PrintManifest, TruckLine } from "./lead/trucks";

interface Row { box: string; waybill: string; carrier: string; order: string; with?: string[]; client: string; container?: string; n: number; of?: number; pieces: number; grams?: string; extra?: boolean }
interface Sheet extends TruckLine { boxes: Row[]; behind?: { box: string; waybill?: string }[] }

const day = (at?: string): string => (at ? at.slice(0, 10) + " " + clock(Date.parse(at)) : "");

function Fact(p: { name: string; value?: string | number }) {
  if (p.value === undefined || p.value === "") return null;
  return (
    <div>
      <dt>{text(p.name)}</dt>
      <dd>{p.value}</dd>
    </div>
  );
}

// wide are the columns that a handheld has no room for.
const wide = ["box", "client", "n", "grams"];

function Paper(p: { t: Sheet; site: string }) {
  const { t } = p;
  const pieces = t.boxes.reduce((n, b) => n + b.pieces, 0);
  return (
    <article class="sheet-a4" id="manifest">
      <h1>{text("manifest.title")}</h1>
      {!t.closed && <p class="open">{text("manifest.open")}</p>}
      <dl>
        <Fact name="manifest.site" value={p.site} />
        <Fact name="manifest.carrier" value={(t.carriers && t.carriers.length > 0 ? t.carriers : [t.carrier]).map((c) => either("carrier.", c)).join(", ")} />
        <Fact name="manifest.truck" value={t.id} />
        <Fact name="manifest.dock" value={t.dock} />
        <Fact name="manifest.trip" value={[t.trip, t.route, day(t.departs)].filter((x) => !!x).join(" \u00b7 ")} />
        <Fact name="manifest.vehicle" value={t.vehicle} />
        <Fact name="manifest.closed" value={day(t.closed)} />
        <Fact name="manifest.total" value={text("manifest.sum", { boxes: t.boxes.length, pieces, containers: t.containers || 0 })} />
      </dl>
      <table>
        <thead>
          <tr>
            {["no", "container", "waybill", "box", "order", "client", "n", "pieces", "grams"].map((c) => <th key={c} class={wide.indexOf(c) < 0 ? "" : "whole"}>{text("manifest." + c)}</th>)}
          </tr>
        </thead>
        <tbody>
          {t.boxes.map((b, i) => (
            <tr key={b.box}>
              <td>{i + 1}</td>
              <td>{b.container}</td>
              <td class="code">{b.waybill}</td>
              <td class="whole">{b.box}</td>
              <td>{[b.order].concat(b.with || []).join(", ")}</td>
              <td class="whole">{b.client}</td>
              <td class="whole">{b.of ? b.n + "/" + b.of : b.n}</td>
              <td>{b.pieces}</td>
              <td class="whole">{b.grams}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <footer>
        <p>{text("manifest.sender")}</p>
        <p>{text("manifest.driver")}</p>
      </footer>
    </article>
  );
}

function Manifest(p: { client: Client }) {
  const id = new URLSearchParams(location.search).get("truck") || "";
  const [t, set] = useState<Sheet | undefined>(undefined);
  const [said, say] = useState("");
  const path = "/site/v1/trucks/" + encodeURIComponent(id);
  useEffect(() => {
    call<Sheet>("GET", path).then(set, (e: Problem) => say(e.status === 404 ? text("manifest.none") : failure(e.code)));
  }, []);
  return (
    <main class="manifest">
      <header class="no-print">
        <LanguageRow onChange={() => p.client.changed()} />
        <button type="button" class="primary" onClick={() => window.print()}>{text("manifest.print")}</button>
        <a class="button" href={path + "/manifest.csv?bom=1"}>CSV</a>
        <PrintManifest truck={id} />
        <a class="button" href="/lead">{text("lead.title")}</a>
      </header>
      {said && <p class="problem" role="alert">{said}</p>}
      {t && <Paper t={t} site={(p.client.session && p.client.session.site) || ""} />}
    </main>
  );
}

function start(): void {
  const root = document.getElementById("app") as HTMLElement;
  setLanguage();
  const client = new Client(draw, () => false);
  function draw(): void {
    document.title = text("manifest.title");
    document.documentElement.setAttribute("data-phase", client.phase);
    if (client.phase === "login") render(<Login client={client} pinAlways />, root);
    else if (client.phase === "work") render(<Manifest client={client} />, root);
  }
  draw();
  void client.begin();
}

start();
