// The pack desk's page, 1280 x 800: what is missing on the left, where the
// label comes out on the right, the next thing and the acts at the bottom.

import { useState } from "preact/hooks";
import type { Client } from "../client";
import { load } from "../store";
import { either, nameIn, text } from "../text";
import type { Line, Screen } from "../types";
import { ActionButton, Dialogs, oneMore, useDialog } from "./actions";
import { BoxCard, boxName, BoxTypes, LineRow, TakeOut, Together, Weight } from "./parcel";
import { Idle } from "./idle";
import { Knowledge, shortName, Sync, Waiting } from "./pda";
import { Shape } from "./shapes";
import { StationSheet, useStations } from "./stations";
import { grouped } from "./code";
import { anyOf, ask, ofTrip } from "./ask";
import { insertName } from "./work";
import { CutoffView, InDoubt, stops, Stop, TaskView } from "./task";
import { Notes, SignView } from "./verdict";

// sortLines puts the line in hand first, then what is missing; done lines sink.
function sortLines(s: Screen): Line[] {
  const now = s.expect[0] && s.expect[0].line;
  const rank = (l: Line) => (l.have >= l.want ? 2 : l.line === now ? 0 : 1);
  return (s.lines || []).map((l, i) => ({ l, i })).sort((a, b) => rank(a.l) - rank(b.l) || a.i - b.i).map((x) => x.l);
}

function Right(p: { s: Screen }) {
  const { s } = p;
  const pr = s.printer;
  const fine = !!pr && (pr.state === "" || pr.state === "ready" || pr.state === "printing");
  return (
    <aside class="right">
      <section class={"printer" + (pr && !fine ? " bad" : "") + (pr && pr.instead ? " moved" : "")} id="printer">
        <h2>{text(pr && pr.instead ? "desk.elsewhere" : "desk.printer")}</h2>
        {pr ? (
          <div>
            <p class={pr.instead ? "huge" : "big"}>
              <Shape code={fine ? "ok" : "over"} /> {pr.name}
            </p>
            {pr.station && <p class="big">{text("desk.atDesk", { station: pr.station })}</p>}
            <p>{pr.state ? either("printer.", pr.state) : ""}</p>
            {pr.instead && <p>{text("desk.instead", { printer: pr.instead, state: either("printer.", pr.insteadState || "ready") })}</p>}
            {fine && !pr.instead && <p class="quiet-text">{text("desk.here")}</p>}
          </div>
        ) : (
          <p>{text("desk.noPrinter")}</p>
        )}
      </section>
      <BoxCard s={s} />
      <Weight s={s} />
      {s.totes && s.totes.length > 0 && (
        <section>
          <h2>{text("desk.totes")}</h2>
          <p class="code">{s.totes.join("  ")}</p>
        </section>
      )}
      {s.recipient && (
        <section id="recipient">
          <h2>{text("desk.recipient")}</h2>
          <p class="big">{s.recipient.name}</p>
          <p class="code">{s.recipient.phone}</p>
          <p>{s.recipient.address}</p>
        </section>
      )}
    </aside>
  );
}

function Left(p: { client: Client; s: Screen }) {
  const { client, s } = p;
  if (s.step === "inDoubt") return <InDoubt client={client} s={s} />;
  const e = s.expect[0];
  if (s.together && s.together.length > 0) {
    return (
      <div class="left">
        {s.step === "takeOut" ? <TakeOut s={s} /> : s.step === "boxType" ? <BoxTypes client={client} s={s} /> : stops(s) ? <Stop client={client} s={s} /> : e && e.kind !== "item" && <TaskView client={client} s={s} />}
        <Together client={client} s={s} />
      </div>
    );
  }
  const lines = sortLines(s);
  return (
    <div class="left">
      {s.step === "boxType" ? <BoxTypes client={client} s={s} /> : stops(s) ? <Stop client={client} s={s} /> : e && (e.kind !== "item" || anyOf(s)) && <TaskView client={client} s={s} />}
      {lines.length > 0 && (
        <ul class="lines" aria-label={text("desk.lines")}>
          {lines.map((l) => (
            <LineRow key={l.line} client={client} l={l} now={!!e && e.line === l.line && l.have < l.want} />
          ))}
        </ul>
      )}
    </div>
  );
}

const acts = ["quantity", "undo", "confirm", "skip", "weight", "override", "reprint", "void", "close"];
const actsOf: { [flow: string]: string[] } = { return: ["quantity", "undo", "confirm", "close", "leave"], hospital: ["undo", "help", "leave"], load: ["unload", "vehicle", "close", "leave"] };

// choices are steps at which one of several is chosen: no one code is next.
const choices = ["grade", "boxType"];

// next is the one thing to do, with its code where there is one to compare.
function Next(p: { s: Screen }) {
  const s = ofTrip(p.s);
  const e = s.expect[0];
  const what = !e || anyOf(s) || choices.indexOf(s.step || "") >= 0 ? "" : e.kind === "item" ? [nameIn(e.name) || e.sku, nameIn(e.variant)].join(" ") : e.kind === "insert" ? insertName(e) : e.code && grouped(e.code);
  return (
    <p class="next" id="ask">
      <span>{text("desk.next")}</span>{" "}
      <b>{ask(s)}</b>
      {what && !stops(s) && s.step !== "inDoubt" && <em class={e && (e.kind === "item" || e.kind === "insert") ? "" : "code"}>{what}</em>}
    </p>
  );
}

export function Desk(p: { client: Client }) {
  const { client } = p;
  const [dialog, open] = useDialog(client.screen);
  const [hint, setHint] = useState("");
  const s = client.screen;
  const station = load("station", "");
  const shown = (s && actsOf[s.flow]) || acts;
  const t = s && s.task;
  const busy = !!s && (s.flow !== "idle" || s.step === "cancelled" || s.step === "closed");
  const order = t && t.orders && t.orders[0];
  const orders = (t && t.orders && t.orders.length) || 0;
  const stations = useStations(!!s && !busy);
  return (
    <div class={"desk flow-" + (s ? s.flow : "none")} data-rev={s ? s.rev : 0} data-step={(s && s.step) || ""}>
      <header class="top">
        <Sync client={client} />
        <span class="about">
          {busy && order ? (
            <span>
              <b class="code whole">{orders > 1 ? text("desk.together", { n: orders }) : text("desk.order", { order })}</b>
              {boxName(s as Screen) && <b class="which"> · {boxName(s as Screen)}</b>}
              {t && t.carrier && " · " + either("carrier.", t.carrier)} <CutoffView cutoff={t && t.cutoff} />
            </span>
          ) : (
            <span>
              {text(busy && s ? "flow." + s.flow : "idle.title")}
              {busy && t && t.carrier && " · " + either("carrier.", t.carrier)} {busy && <CutoffView cutoff={t && t.cutoff} />}
            </span>
          )}
        </span>
        {s && s.station && <span class="station">{text("idle.station", { station: s.station })}</span>}
        <span class="who">{client.session && shortName(client.session.worker.name)}</span>
      </header>
      <Waiting client={client} />
      <Knowledge s={s} />
      <Notes client={client} />
      <main class="body">
        {!s ? (
          <p class="nothing">{text("net.offline")}</p>
        ) : !busy ? (
          <div class="idle-desk">
            <button type="button" class="quiet station-choice" onClick={() => open("station")}>
              {station ? text("idle.station", { station }) : text("idle.anyStation")}
            </button>
            <Idle client={client} s={s} station={station} first="pack" />
          </div>
        ) : s.flow === "pack" ? (
          <div class="two">
            <Left client={client} s={s} />
            <Right s={s} />
          </div>
        ) : (
          <TaskView client={client} s={s} open={open} />
        )}
        <SignView client={client} />
      </main>
      {hint && <p class="help" role="status">{hint}</p>}
      <footer class="bar-row">
        {s && busy ? <Next s={s} /> : <p class="next" />}
        <div class="acts">
          {s && busy && shown.filter((a) => s.actions.indexOf(a) >= 0 && !(a === "close" && stops(s)) && !(a === "override" && oneMore(s))).map((a) => (
            <ActionButton key={a} client={client} s={s} action={a} open={open} explain={setHint} />
          ))}
          <button type="button" class="more" onClick={() => open("more")}>
            {text("ui.more")}
          </button>
        </div>
      </footer>
      {dialog === "station" && <StationSheet client={client} stations={stations} onClose={() => open("")} />}
      {s && <Dialogs client={client} s={s} dialog={dialog} shown={shown} open={open} />}
    </div>
  );
}
