// What a screen asks of its worker, in words.

import { has, nameIn, text } from "../text";
import type { Screen } from "../types";

// ask is what the worker is to do now, in words.
export function ask(s: Screen): string {
  if (s.step === "printing" && s.fault) return text("step.cannot");
  if (s.step === "printing" && stuck(s)) return text("todoPrinter." + (has("todoPrinter." + stuck(s)) ? stuck(s) : "other"));
  if (s.step === "count") return text(s.task && s.task.reason === "again" ? "step.countAgain" : "step.count");
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
    case "boxType":
    case "takeOut":
    case "destroy":
      return text("step." + s.step);
  }
  const out = askOut(s);
  if (out) return out;
  const e = s.expect[0];
  if (!e && s.flow === "replenish" && s.quantity) return text("ask.anyPlace");
  if (!e && nothingYet(s)) return text("ask.nothingYet");
  if (!e) return text(s.actions.indexOf("close") >= 0 ? "ask.close" : s.actions.indexOf("leave") >= 0 ? "ask.wait" : "idle.title");
  if (e.kind === "tote") return text(s.step === "into" ? "ask.into" : fetches(s) ? "ask.fetch" : e.code ? "ask.tote" : "ask.free");
  if (s.flow === "replenish" && e.kind === "location") return text(s.quantity ? "ask.to" : "ask.from");
  if (anyOf(s)) return text("ask.putItem");
  if (e.kind === "lot" && e.lot) return text("ask.expiry");
  if (e.kind === "waybill" && (s.flow === "pack" || s.flow === "hospital")) return text("ask.stick");
  if (e.kind === "insert" && !e.sku) return text("ask.putIn");
  if (e.kind === "lot" && e.code) return text("ask.lotFirst");
  if (e.kind === "location" && s.step === "drop") return text("ask.drop");
  if (e.kind === "waybill" && s.flow === "load") return text("ask.loadBox");
  return text("ask." + e.kind);
}

// nothingYet tells a truck that was just opened from one that is done: closing it
// would send it away empty.
export const nothingYet = (s: Screen): boolean => s.flow === "load" && !s.container && !!s.truck && s.truck.loaded === 0 && s.truck.left === 0;

// fetches tells that a tote with goods in it is to be brought before anything else.
export const fetches = (s: Screen): boolean => s.flow === "pick" && s.step === "tote" && !!s.expect[0] && !!s.expect[0].code;

// stuck is the state of a printer that prints nothing until somebody goes there.
export function stuck(s: Screen): string {
  const state = s.printer ? s.printer.state : "";
  return state === "ready" || state === "printing" ? "" : state;
}

// ofTrip is a loader's screen without what is of a later trip: nobody waits for that.
export function ofTrip(s: Screen): Screen {
  return s.flow === "load" && s.expect.some((e) => !!e.later) ? Object.assign({}, s, { expect: s.expect.filter((e) => !e.later) }) : s;
}

// headline is what comes next in one line: where to go first, as long as nothing
// of it was taken.
export function headline(shown: Screen): string {
  const s = ofTrip(shown);
  if (s.flow === "idle") return "";
  const e = s.expect[0];
  if (e && e.kind === "item" && s.flow === "pick" && e.location && !(s.quantity && s.quantity.have > 0)) return e.location + " · " + (nameIn(e.name) || e.sku);
  const what = !e || anyOf(s) ? "" : e.kind === "item" ? nameIn(e.name) || e.sku || "" : e.kind === "location" ? e.location || e.code || "" : e.kind === "tote" ? e.code || "" : "";
  return what ? what + " · " + ask(s) : ask(s);
}

// allCame tells that nothing of a return is still to come: all that is left is to close it.
export const allCame = (s: Screen): boolean => s.flow === "return" && s.step === "item" && s.expect.length === 0 && s.actions.indexOf("close") >= 0;

// askOut is what the worker is to do in these flows; "" where another text fits.
export function askOut(s: Screen): string {
  const h = s.hospital;
  if (s.flow === "load" && s.step === "unload") return text("ask.takeOff");
  if (s.flow === "load" && s.container) return text("ask.stow");
  if (allCame(s)) return text("ask.close");
  const last = s.expect[s.expect.length - 1];
  if (s.flow === "return" && s.step === "grade" && last && last.kind === "serial") return text("ask.serial");
  if (s.flow === "return") return text(s.step === "location" && s.expect.length === 0 ? "ask.anyPlace" : s.step === "location" ? "ask.drop" : "ask." + s.step);
  if (s.flow === "hospital" && s.step === "examine" && h) return text("hospitalTodo." + h.todo);
  if (s.flow === "hospital" && (s.step === "box" || s.step === "shelf")) return text(s.step === "box" ? "ask.patient" : "ask.shelf");
  return "";
}

// anyOf tells a step that takes whatever comes out of the tote first.
export function anyOf(s: Screen): boolean {
  const e = s.expect[0];
  return !!e && e.kind === "item" && (s.flow === "put" || (s.mode === "single" && !s.box));
}
