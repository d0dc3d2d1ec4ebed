// The floor at a glance: how far the WMS is, printers, devices, people,
// trucks, and the hours.

import type { ComponentChildren } from "preact";
import { either, text } from "../text";
import { clock } from "../time";
import { Charge, Consumer, Items, values } from "./board";
import { count, span } from "./words";

export interface Hour { from: string; units: number; boxes: number; loaded: number }

function Card(p: { title: string; id?: string; head?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="card" id={p.id}>
      <h3>
        {p.title} {p.head}
      </h3>
      {p.children}
    </section>
  );
}

function ConsumerLine(p: { c: Consumer }) {
  const { c } = p;
  const bad = c.required && c.lagSeconds > 300;
  return (
    <li class={bad ? "bad" : c.required ? "" : "optional"}>
      <span class="dot">{bad ? "\u25b2" : "\u25cf"}</span>
      <b>{c.name}</b>
      {!c.required && <small>{text("lead.optional")}</small>}
      <span class="value">{c.lagEvents === 0 ? text("lead.caughtUp") : text("lead.behind", { n: count(c.lagEvents) }) + " · " + span(c.lagSeconds)}</span>
    </li>
  );
}

export function Wms(p: { items: Items }) {
  return (
    <Card title={text("lead.wms")} id="wms">
      <ul>
        {values(p.items.consumers).sort((a, b) => Number(!!b.required) - Number(!!a.required)).map((c) => (
          <ConsumerLine key={c.name} c={c} />
        ))}
      </ul>
    </Card>
  );
}

export function Printers(p: { items: Items }) {
  const all = values(p.items.printers);
  return (
    <Card title={text("lead.printers")} id="printers">
      <ul class="chips">
        {all.map((d) => {
          const fine = d.state === "ready" || d.state === "printing" || d.state === "";
          return (
            <li key={d.name} class={fine ? "" : "bad"}>
              <span class="dot">{fine ? "\u25cf" : "\u2715"}</span> {d.name} <small>{either("printer.", d.state)}</small>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

export function Devices(p: { items: Items; open: () => void }) {
  const all = values(p.items.devices);
  const bad = all.filter((d) => !d.ok);
  return (
    <Card
      title={text("lead.devices")}
      id="devices"
      head={
        <button type="button" class="quiet open" onClick={p.open}>
          {text("lead.list") + " \u2192"}
        </button>
      }
    >
      {bad.length === 0 ? (
        <p>
          <span class="dot">{"\u25cf"}</span> {text("lead.allWell", { n: all.length })}
        </p>
      ) : (
        <ul class="chips">
          {bad.map((d) => (
            <li key={d.name} class="bad">
              <span class="dot">{"\u2715"}</span> {d.name} <small>{either("printer.", d.error)}</small>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

// flows that are always counted, and those that are where somebody is at them.
const flows = ["pick", "pack", "load", "idle"];
const others = ["put", "return", "hospital", "count", "replenish"];

export function People(p: { items: Items; open: () => void }) {
  const all = values(p.items.workers);
  const sums = flows.concat(others).map((flow) => ({ flow, n: all.filter((w) => w.flow === flow).length })).filter((s) => s.n > 0 || flows.indexOf(s.flow) >= 0);
  return (
    <Card
      title={text("lead.workers")}
      id="people"
      head={
        <button type="button" class="quiet open" onClick={p.open}>
          {text("lead.list") + " \u2192"}
        </button>
      }
    >
      <ul class="people">
        {sums.map((s) => (
          <li key={s.flow}>
            <b>{s.n}</b> {text("flow." + s.flow)}
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function Trucks(p: { items: Items; open: () => void }) {
  const all = values(p.items.trucks);
  return (
    <Card
      title={text("lead.trucks")}
      id="trucks"
      head={
        <button type="button" class="quiet open" onClick={p.open}>
          {text("lead.list") + " \u2192"}
        </button>
      }
    >
      <ul class="chips">
        {all.map((t) => (
          <li key={t.id}>
            <b>{either("carrier.", t.carrier)}</b> <span class="whole">{text("lead.truck", { dock: t.dock, loaded: t.loaded })}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const readsShown = 5;

// Reads says whose labels the tunnel cannot read: which printer, which template,
// and in which hour they were made.
export function Reads(p: { items: Items }) {
  const share = (c: Charge) => c.noReads / (c.reads + c.noReads);
  const all = values(p.items.reads).sort((a, b) => share(b) - share(a) || b.noReads - a.noReads);
  if (all.length === 0) return null;
  return (
    <Card title={text("lead.reads")} id="reads">
      <ul>
        {all.slice(0, readsShown).map((c) => (
          <li key={c.printer + c.template + c.hour} class="bad">
            <span class="dot">{"\u25b2"}</span>
            <b>{c.printer}</b>
            <small>{[c.template, clock(Date.parse(c.hour)).slice(0, 2) + ":00"].filter((x) => !!x).join(" \u00b7 ")}</small>
            <span class="value">{text("lead.readsOf", { noReads: count(c.noReads), all: count(c.reads + c.noReads) })}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const hoursShown = 12;

function Bars(p: { title: string; hours: Hour[]; of: (h: Hour) => number }) {
  const top = Math.max(1, ...p.hours.map(p.of));
  return (
    <div class="bars">
      <span class="bars-title">{p.title}</span>
      <div class="bars-row">
        {p.hours.map((h) => (
          <div key={h.from} class="bar-col" title={clock(Date.parse(h.from)) + "  " + count(p.of(h))}>
            <span>{p.of(h) > 0 ? count(p.of(h)) : ""}</span>
            <i style={{ height: Math.round((22 * p.of(h)) / top) + "px" }} />
          </div>
        ))}
      </div>
    </div>
  );
}

// Hours says while the day's figures are still being read from the log.
export function Hours(p: { hours: Hour[]; counting: boolean }) {
  const hours = p.hours.slice(-hoursShown);
  if (hours.length === 0 && !p.counting) return null;
  return (
    <Card title={text("lead.hours")} id="hours" head={p.counting && <small class="counting">{text("lead.counting")}</small>}>
      <Bars title={text("lead.picked")} hours={hours} of={(h) => h.units} />
      <Bars title={text("lead.packed")} hours={hours} of={(h) => h.boxes} />
      <Bars title={text("lead.loaded")} hours={hours} of={(h) => h.loaded} />
      <div class="bars">
        <span class="bars-title" />
        <div class="bars-row axis">
          {hours.map((h) => (
            <div key={h.from} class="bar-col">
              {clock(Date.parse(h.from)).slice(0, 2)}
            </div>
          ))}
        </div>
      </div>
    </Card>
  );
}
