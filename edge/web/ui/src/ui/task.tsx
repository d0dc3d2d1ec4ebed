// The work in hand on a PDA, made from the screen alone: one question at a
// time, the thing to do largest.

import type { Client } from "../client";
import { either, has, nameIn, text } from "../text";
import { Cutoff, cutoff } from "../time";
import type { Expect, Screen } from "../types";
import { askOut, HospitalTask, ReturnTask, TruckChips } from "./out";
import { CodeView, grouped } from "./code";
import { About, BoxTypes, Inside, Picture as LabelPicture, stopping, TakeOut } from "./parcel";
import { Bar, Shape } from "./shapes";
import { Cases, ownView, questionView, Slot, Whither } from "./work";

// ask is what the worker is to do now, in words.
export function ask(s: Screen): string {
  if (s.step === "printing" && s.fault) return text("step.cannot");
  switch (s.step) {
    case "printing":
    case "noNumber":
    case "wallFull":
    case "held":
    case "cancelled":
    case "closed":
    case "inDoubt":
    case "empty":
    case "handOver":
    case "count":
    case "boxType":
    case "takeOut":
    case "destroy":
      return text("step." + s.step);
  }
  const out = askOut(s);
  if (out) return out;
  const e = s.expect[0];
  if (!e && s.flow === "replenish" && s.quantity) return text("ask.anyPlace");
  if (!e) return text(s.actions.indexOf("close") >= 0 ? "ask.close" : s.actions.indexOf("leave") >= 0 ? "ask.wait" : "idle.title");
  if (e.kind === "tote") return text(s.step === "into" ? "ask.into" : e.code ? "ask.tote" : "ask.free");
  if (s.flow === "replenish" && e.kind === "location") return text(s.quantity ? "ask.to" : "ask.from");
  if (s.flow === "put" && e.kind === "item") return text("ask.putItem");
  if (e.kind === "lot" && e.code) return text("ask.lotFirst");
  if (e.kind === "location" && s.step === "drop") return text("ask.drop");
  if (e.kind === "waybill" && s.flow === "load") return text("ask.loadBox");
  return text("ask." + e.kind);
}

// headline is ask with what it is about, in one line.
export function headline(s: Screen): string {
  if (s.flow === "idle") return "";
  const e = s.expect[0];
  const what = !e ? "" : e.kind === "item" ? nameIn(e.name) || e.sku || "" : e.kind === "location" ? e.location || e.code || "" : e.kind === "tote" ? e.code || "" : "";
  return what ? what + " · " + ask(s) : ask(s);
}

export function left(c: Cutoff | undefined): string {
  if (!c || c.minutes === undefined) return "";
  const n = Math.abs(c.minutes);
  if (c.late) return text("ui.late", { n });
  return n < 120 ? text("ui.minutes", { n }) : text("ui.hours", { h: Math.floor(n / 60), m: n % 60 });
}

// fit names the size class of a text that must stand in one line of a PDA.
function fit(s: string): string {
  return s.length <= 8 ? "xl" : s.length <= 10 ? "l" : s.length <= 14 ? "m" : "s";
}

export function Big(p: { children: string; id?: string }) {
  return (
    <div class={"code big " + fit(p.children)} id={p.id}>
      {p.children}
    </div>
  );
}

export function What(p: { client: Client; e: Expect }) {
  const { e } = p;
  const name = nameIn(e.name) || e.sku || "";
  const variant = nameIn(e.variant);
  return (
    <div class="what">
      <div class="name" id="name">
        {name}
        {variant && <span class="variant">{variant}</span>}
      </div>
      {e.kind === "item" && e.code && <CodeView key={e.code} client={p.client} code={e.code} class="last4" />}
    </div>
  );
}

export function Totes(p: { s: Screen }) {
  const t = p.s.totes || [];
  if (t.length === 0 || (p.s.mode === "cluster" && t.length > 1)) return null; // which of several, the next step says
  return (
    <div class="tote code">
      <svg viewBox="0 0 24 20" aria-hidden="true">
        <path d="M2 3h20l-2.500 15h-15z" />
      </svg>
      {t[t.length - 1]}
    </div>
  );
}

function Item(p: { client: Client; s: Screen; e: Expect }) {
  const { s, e } = p;
  const q = s.quantity;
  const have = q ? q.have : 0;
  const place = s.step === "location" || (!!e.location && have === 0);
  const brings = s.flow === "replenish" && e.kind === "item"; // its place is where it goes
  return (
    <div class="task">
      {s.step === "location" && <p class="ask" id="ask">{ask(s)}</p>}
      {brings && <p class="ask" id="ask">{ask(s)}</p>}
      {e.location && !brings && (place ? <Big id="where">{e.location}</Big> : <div class="chip code" id="where">{e.location}</div>)}
      <What client={p.client} e={e} />
      {q ? (
        <div class="count" id="count">
          <span class="have">{q.have}</span>
          <span class="of">/</span>
          <span class="want">{q.want}</span>
          <span class="ea">EA</span>
        </div>
      ) : (
        e.remaining !== undefined && <div class="count small">{text("item.remaining", { n: e.remaining })}</div>
      )}
      {q && <Bar have={q.have} want={q.want} />}
      <Cases e={e} />
      {s.flow === "replenish" && e.kind === "item" ? <Whither s={s} e={e} /> : <Totes s={s} />}
      <About s={s} />
    </div>
  );
}

const pictures: { [kind: string]: string } = {
  tote: "M8 22h80l-9 42H17zM4 22h88M22 34h52M24 46h48",
  location: "M14 6v62M82 6v62M14 20h68M14 40h68M14 60h68M24 30h18v10H24zM54 50h18v10H54z",
  container: "M14 8h68v48H14zM14 24h68M14 40h68M36 8v48M60 8v48M22 62a4 4 0 1 0 8 0a4 4 0 1 0-8 0M66 62a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
  waybill: "M12 16h72v48H12zM12 28h72M24 38v16M29 38v16M33 38v16M40 38v16M44 38v16M51 38v16M58 38v16M62 38v16M70 38v16",
  dock: "M6 16h52v44H6zM58 30h18l14 14v16H58zM20 60a7 7 0 1 0 14 0a7 7 0 1 0-14 0M66 60a7 7 0 1 0 14 0a7 7 0 1 0-14 0",
  weight: "M12 64l8-34h56l8 34zM48 30v-8M30 18h36M40 52h16",
};

function Picture(p: { kind: string }) {
  const d = pictures[p.kind];
  if (!d) return null;
  return (
    <svg class="picture" viewBox="0 0 96 72" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}

function Thing(p: { client: Client; s: Screen; e: Expect }) {
  const { s, e } = p;
  const order = s.task && s.task.orders && s.task.orders[0];
  const own = ownView(p.client, s, e);
  if (own) return own;
  if (e.kind === "item" || (e.kind === "location" && s.step !== "drop")) return <Item client={p.client} s={s} e={e} />;
  return (
    <div class="task">
      <Picture kind={e.kind} />
      <p class="ask" id="ask">{ask(s)}</p>
      {e.code && <Big id="where">{grouped(e.code)}</Big>}
      {e.kind === "weight" && s.parcel && !!s.parcel.expected && <p class="count small">{text("box.expected", { grams: s.parcel.expected, slack: s.parcel.slack || 0 })}</p>}
      {s.container && (
        <div class="count" id="count">
          <span class="have">{s.container.boxes}</span>
          <span class="ea">{text("container.boxes", { container: s.container.id })}</span>
        </div>
      )}
      {s.flow === "load" && s.truck && (
        <div class="count" id="count">
          <span class="have">{s.truck.loaded}</span>
          <span class="of">/</span>
          <span class="want">{s.truck.loaded + s.truck.left}</span>
        </div>
      )}
      {s.flow === "load" && s.truck && <Bar have={s.truck.loaded} want={s.truck.loaded + s.truck.left} />}
      {(s.flow === "load" || (s.flow === "pack" && s.step === "tote")) && s.expect.length > 1 && (
        <ul class="left-list code">
          {s.expect.slice(1, 6).map((x) => (
            <li key={x.code || x.box}>{x.kind === "dock" ? x.code : grouped(x.code || "")}</li>
          ))}
        </ul>
      )}
      {s.step === "tote" && s.mode === "cluster" && <Slot n={(s.totes || []).length + 1} />}
      {s.step === "tote" && s.task && s.task.totes && <p class="needs">{text("task.totes", { n: s.task.totes })}</p>}
      <Totes s={s} />
      <About s={s} />
      {s.flow === "pick" && order && (
        <p class="quiet-text">
          {text("desk.order", { order })} · {text("task.lines", { n: (s.task && s.task.of) || 0 })}
        </p>
      )}
    </div>
  );
}

export function InDoubt(p: { client: Client; s: Screen }) {
  const t = p.s.task;
  const answer = (outcome: string) => p.client.act("printed", { attempt: t && t.attempt, outcome });
  const may = p.client.mayAct("printed");
  return (
    <div class="doubt" id="doubt">
      <Shape code="hold" />
      <h2>{text("step.inDoubt")}</h2>
      <LabelPicture attempt={t && t.attempt} />
      {t && t.box && <p class="code">{text("desk.box")} {t.box}</p>}
      <p>{text("step.inDoubtWhat")}</p>
      <div class="yesno">
        <button type="button" class="primary" data-outcome="yes" disabled={!may} onClick={() => answer("yes")}>
          {text("step.yes")}
        </button>
        <button type="button" data-outcome="no" disabled={!may} onClick={() => answer("no")}>
          {text("step.no")}
        </button>
      </div>
    </div>
  );
}

// Stop is a step at which nothing is scanned: held, cancelled, waiting.
export function Stop(p: { client: Client; s: Screen; list?: boolean }) {
  const { client, s } = p;
  const step = s.step || "";
  const of = stopping(s);
  const order = of ? of.order : s.task && s.task.orders && s.task.orders[0];
  const sign = step === "cancelled" ? "cancelled" : s.fault ? "wrong" : step === "held" || step === "noNumber" || step === "wallFull" || step === "closed" ? "hold" : s.actions.indexOf("close") >= 0 ? "done" : "";
  return (
    <div class={"stop stop-" + step} id="stop">
      {sign && <Shape code={sign} />}
      <h2>{ask(s)}</h2>
      {order && <p class="code">{text("desk.order", { order })}</p>}
      {step === "held" && <p>{text("step.heldWhat")}</p>}
      {step === "closed" && <p>{text("step.closedWhat")}</p>}
      {step === "cancelled" && (
        <p class={of && of.have > 0 ? "huge" : ""}>{!of || of.have === 0 ? text("step.cancelledWhat") : s.lines ? text("together.cancelled", { n: of.have }) : text("together.toDesk")}</p>
      )}
      {step === "noNumber" && <p>{text("step.noNumberWhat")}</p>}
      {step === "wallFull" && <p>{text("step.wallFullWhat")}</p>}
      {step === "printing" && !s.fault && s.printer && <p class={s.printer.instead ? "huge" : ""}>{text("step.printingAt", { printer: s.printer.name })} · {either("printer.", s.printer.state)}</p>}
      {step === "printing" && !s.fault && s.printer && s.printer.station && <p class="huge">{text("desk.atDesk", { station: s.printer.station })}</p>}
      {s.fault && (
        <p>
          {s.fault.field ? text("label.field", { field: s.fault.field }) + " \u00b7 " : ""}
          {text("label." + (has("label." + s.fault.code) ? s.fault.code : "other"))}
        </p>
      )}
      {s.fault && <p>{text("step.cannotWhat")}</p>}
      {(step === "held" || step === "noNumber" || step === "wallFull" || step === "closed" || s.fault) && (
        <div class="yesno">
          {["help", "leave"].filter((a) => s.actions.indexOf(a) >= 0).map((a) => (
            <button key={a} type="button" class={a === "help" ? "primary" : ""} data-action={a} disabled={!client.mayAct(a)} onClick={() => client.act(a)}>
              {text("action." + a)}
            </button>
          ))}
        </div>
      )}
      {step === "cancelled" && (
        <button type="button" class="primary wide" id="ack" disabled={!client.mayAct("ack")} onClick={() => client.act("ack")}>
          {text("action.ack")}
        </button>
      )}
      {p.list && of && step === "cancelled" && <Inside s={s} order={of.order} />}
      {s.expect.length === 0 && s.actions.indexOf("close") >= 0 && (
        <button type="button" class="primary wide" id="close" disabled={!client.mayAct("close")} onClick={() => client.act("close")}>
          {text(s.container ? "action.closeContainer" : s.flow === "load" ? "action.closeLoad" : s.flow === "pack" ? "action.closePack" : "action.close")}
        </button>
      )}
    </div>
  );
}

export const stops = (s: Screen): boolean =>
  s.step === "cancelled" || s.step === "closed" || (s.flow !== "idle" && (s.expect.length === 0 || s.step === "printing" || s.step === "noNumber" || s.step === "held"));

export function TaskView(p: { client: Client; s: Screen; open?: (dialog: string) => void }) {
  const { client, s } = p;
  if (s.step === "inDoubt") return <InDoubt client={client} s={s} />;
  if (s.step === "takeOut") return <TakeOut s={s} list />;
  if (s.step === "boxType") return <BoxTypes client={client} s={s} />;
  const out = s.step !== "cancelled" && s.step !== "printing" && s.step !== "noNumber";
  if (out && s.flow === "return") return <ReturnTask client={client} s={s} />;
  if (out && s.flow === "hospital") return <HospitalTask client={client} s={s} open={p.open} />;
  const asked = questionView(client, s);
  if (asked) return asked;
  const view = stops(s) || s.expect.length === 0 ? <Stop client={client} s={s} list /> : <Thing client={client} s={s} e={s.expect[0]} />;
  if (s.flow !== "load" || !s.truck || s.step === "cancelled") return view;
  return (
    <div class="loading">
      {view}
      <TruckChips s={s} open={p.open} />
    </div>
  );
}

export function CutoffView(p: { cutoff?: string }) {
  const c = cutoff(p.cutoff);
  if (!c) return null;
  return (
    <span class={"cutoff" + (c.late ? " late" : c.soon ? " soon" : "")}>
      {c.at} {c.minutes !== undefined && <b>{left(c)}</b>}
    </span>
  );
}
