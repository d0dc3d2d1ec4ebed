// The work in hand on a PDA, made from the screen alone: one question at a
// time, the thing to do largest.

import type { Client } from "../client";
import { either, has, text } from "../text";
import { Cutoff, cutoff } from "../time";
import type { Expect, Screen } from "../types";
import { ask, fetches, nothingYet, ofTrip, stuck } from "./ask";
import { HospitalTask, Later, ReturnTask, TruckChips } from "./out";
import { grouped } from "./code";
import { About, BoxTypes, Inside, LabelPicture, stopping, TakeOut } from "./parcel";
import { Bar, Picture, Shape } from "./shapes";
import { Big, Totes, What } from "./thing";
import { Cases, ownView, questionView, Slot, Whither } from "./work";

export function left(c: Cutoff | undefined): string {
  if (!c || c.minutes === undefined) return "";
  const n = Math.abs(c.minutes);
  if (c.late) return text("ui.late", { n });
  return n < 120 ? text("ui.minutes", { n }) : text("ui.hours", { h: Math.floor(n / 60), m: n % 60 });
}

// OrderOf says whose tote is asked for: in a cluster the next order's, of a wave
// that of all.
function OrderOf(p: { s: Screen }) {
  const t = p.s.task;
  const orders = (t && t.orders) || [];
  if (p.s.flow !== "pick" || orders.length === 0) return null;
  if (p.s.mode === "total") return <p class="quiet-text">{text("task.orders", { n: orders.length })}</p>;
  const order = p.s.mode === "cluster" && p.s.step === "tote" ? orders[(p.s.totes || []).length] : orders[0];
  return (
    <p class="quiet-text">
      {text("desk.order", { order: order || "" })}
      {orders.length === 1 && <span> · {text("task.lines", { n: (t && t.of) || 0 })}</span>}
    </p>
  );
}

function Item(p: { client: Client; s: Screen; e: Expect }) {
  const { s, e } = p;
  const q = s.quantity;
  const have = q ? q.have : 0;
  const place = s.step === "location" || (!!e.location && (have === 0 || p.client.sentOn(e.line, have)));
  const brings = s.flow === "replenish" && e.kind === "item"; // its place is where it goes
  const packs = s.flow === "pack"; // what it asks for lies in the tote
  return (
    <div class="task">
      {s.step === "location" && <p class="ask" id="ask">{ask(s)}</p>}
      {(brings || packs) && <p class="ask" id="ask">{ask(s)}</p>}
      {e.location && !brings && !packs && (place ? <Big id="where">{e.location}</Big> : <div class="chip code" id="where">{e.location}</div>)}
      <What client={p.client} e={e} />
      {q ? (
        <div class="count" id="count">
          <span class="have">{q.have}</span>
          <span class="of">/</span>
          <span class="want">{q.want}</span>
          <span class="ea">{text("unit.piece")}</span>
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

function Thing(p: { client: Client; s: Screen; e: Expect }) {
  const { s, e } = p;
  const own = ownView(p.client, s, e);
  if (own) return own;
  if (e.kind === "item" || (e.kind === "location" && s.step !== "drop")) return <Item client={p.client} s={s} e={e} />;
  return (
    <div class="task">
      <Picture kind={e.kind} />
      <p class="ask" id="ask">{ask(s)}</p>
      {e.code && <Big id="where">{grouped(e.code)}</Big>}
      {e.zone && <p class="needs" id="putDown">{text("task.putDown", { zone: e.zone })}</p>}
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
          {s.expect.slice(1, window.innerWidth < 900 ? 4 : 6).map((x) => (
            <li key={x.code || x.box}>{x.kind === "dock" ? x.code : grouped(x.code || "")}</li>
          ))}
        </ul>
      )}
      {s.step === "tote" && s.mode === "cluster" && <Slot n={(s.totes || []).length + 1} />}
      {s.step === "tote" && s.task && s.task.totes && !fetches(s) && <p class="needs">{text("task.totes", { n: s.task.totes })}</p>}
      <Totes s={s} />
      <About s={s} />
      <OrderOf s={s} />
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

// releases is whose word ends a hold. What the WMS or a lead held for a reason of their
// own, either of them may release.
export const heldNeeds = (reason: string): string => text("heldNeeds." + (releases[reason] || "any"));
const releases: { [reason: string]: string } = {
  reconcile: "wms", shortWait: "goods", lead: "lead", short: "lead", duplicate: "lead", extra: "lead", paper: "lead", tote: "lead", waybill: "lead",
};

// Stop is a step at which nothing is scanned: held, cancelled, waiting.
export function Stop(p: { client: Client; s: Screen; list?: boolean }) {
  const { client, s } = p;
  const step = s.step || "";
  const of = stopping(s);
  const order = of ? of.order : (s.task && s.task.orders && s.task.orders[0]) || (s.hospital && s.hospital.order);
  const waits = step === "printing" && !s.fault ? stuck(s) : "";
  const sign = step === "cancelled" ? "cancelled" : s.fault ? "wrong" : waits ? "over" : step === "held" || step === "noNumber" || step === "wallFull" || step === "closed" ? "hold" : s.actions.indexOf("close") >= 0 && !nothingYet(s) ? "done" : "";
  return (
    <div class={"stop stop-" + step} id="stop">
      {sign && <Shape code={sign} />}
      <h2>{ask(s)}</h2>
      {order && <p class="code">{text("desk.order", { order })}</p>}
      {s.hospital && s.box && <p class="code">{text("desk.box")} {s.box}</p>}
      {step === "held" && s.why && <p class="needs" id="heldWhy">{either("held.", s.why)}</p>}
      {step === "held" && s.why && <p id="heldNeeds">{heldNeeds(s.why)}</p>}
      {step === "held" && <p>{text("step.heldWhat")}</p>}
      {step === "closed" && <p>{text("step.closedWhat")}</p>}
      {step === "cancelled" && (
        <p class={of && of.have > 0 ? "huge" : ""}>{!of ? text("step.cancelledWhat") : of.have === 0 ? text("together.cancelledMate") : s.lines ? text(of.less ? "together.less" : "together.cancelled", { n: of.have }) : text(of.less ? "together.lessToDesk" : "together.toDesk")}</p>
      )}
      {step === "cancelled" && of && s.lines && <p>{text("together.goesOn")}</p>}
      {step === "noNumber" && <p>{text("step.noNumberWhat")}</p>}
      {step === "wallFull" && <p>{text("step.wallFullWhat")}</p>}
      {step === "printing" && !s.fault && s.printer && <p class={s.printer.instead || waits ? "huge" : ""}>{waits ? s.printer.name : text("step.printingAt", { printer: s.printer.name })} · {either("printer.", s.printer.state)}</p>}
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
      {s.expect.length === 0 && s.actions.indexOf("close") >= 0 && !(s.truck && s.truck.loaded === 0) && (
        <button type="button" class={nothingYet(s) ? "wide" : "primary wide"} id="close" disabled={!client.mayAct("close")} onClick={() => client.act("close")}>
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
  const now = ofTrip(s);
  const view = stops(now) || now.expect.length === 0 ? <Stop client={client} s={now} list /> : <Thing client={client} s={now} e={now.expect[0]} />;
  if (s.flow !== "load" || !s.truck || s.step === "cancelled") return view;
  return (
    <div class="loading">
      <p class="at-dock" id="atDock">
        <b>{text("truck.at", { dock: s.truck.dock })}</b> {s.truck.trip && <span>{text("truck.trip", { trip: s.truck.trip })}</span>}
      </p>
      {view}
      <TruckChips s={s} open={p.open} />
      <Later s={s} />
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
