// The buttons of a screen and the dialogs that they open.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../client";
import { clock } from "../time";
import { setSpeaks, speaks, give } from "../signs";
import { atDesk } from "../store";
import { has, sayText, text } from "../text";
import type { Screen } from "../types";
import { LanguageRow } from "./login";
import { CloseLoadSheet, ConfirmReturnSheet, ListsSheet, VehicleSheet } from "./out";
import { Shape, UndoArrow } from "./shapes";
import { LeadSheet, PieceSheet, reasons, WaybillSheet } from "./labels";
import { anyOf, fetches } from "./ask";
import { stops } from "./task";
import { ConfirmSheet } from "./work";
import { ChoiceSheet, NumberSheet, Sheet, ShortSheet, TypedSheet, pass, useScans } from "./sheet";

export type Open = (dialog: string) => void;

// label is the button's word, by flow where a bare "close" would be unclear.
export function label(s: Screen, action: string): string {
  if (action === "close" && s.flow === "pack") return text(anyOf(s) ? "action.closeSingle" : "action.closePack");
  if (action === "close" && s.flow === "load") return text(s.container ? "action.closeContainer" : "action.closeLoad");
  if (action === "close" && s.flow === "hospital") return text("hospitalAct.aside");
  if (action === "close" && s.flow === "put") return text("action.closePut");
  if (action === "confirm" && s.flow === "put") return text("action.surplus");
  if (action === "skip" && s.flow === "pack") return text("action.skipInsert");
  if (action === "skip" && fetches(s)) return text("action.skipTote");
  if (action === "addTote" && s.flow === "put") return text("action.addCell");
  return text("action." + action);
}

// oneMore tells that another copy takes a lead: reprinting asks for one at once.
export const oneMore = (s: Screen): boolean => s.step === "waybill" && s.flow === "pack" && s.actions.indexOf("override") >= 0;

// press does an action at once, or opens the dialog that asks for its args.
export function press(client: Client, s: Screen, action: string, open: Open): void {
  switch (action) {
    case "quantity":
    case "short":
    case "weight":
    case "override":
    case "reprint":
    case "vehicle":
    case "void":
    case "reopen":
      open(s.flow === "idle" ? action + "@idle" : action === "reprint" && oneMore(s) ? "override" : action);
      return;
    case "count":
      open(action);
      return;
    case "empty":
      return; // asked in the middle of the screen
    case "close":
      if (s.flow === "put" && s.expect.length > 0) {
        open("closePut");
        return;
      }
      if (s.flow === "load" && s.truck && (s.truck.left > 0 || s.truck.missingTotal || s.truck.extraTotal || s.truck.loaded === 0)) open("closeLoad");
      else if (s.flow === "return" && s.return && s.return.missing > 0) open("closeReturn");
      else if (s.flow === "hospital") open("aside");
      else client.act("close");
      return;
    case "grade":
    case "printed":
      return; // asked in the middle of the screen
    case "undo":
    case "skip":
    case "help":
    case "leave":
    case "ack":
    case "addTote":
    case "unload":
    case "handOver":
      client.act(action);
      return;
    case "confirm":
      if (s.flow === "put") client.act(action, { reason: "surplus" });
      else if (s.flow === "hospital") client.act(action, s.step === "box" ? { reason: "noCode" } : {});
      else open(s.flow === "return" ? "confirmReturn" : "confirm");
  }
}

const holdFor = 500; // ms of a long press

// ActionButton presses on a touch and explains itself on a long one.
export function ActionButton(p: { client: Client; s: Screen; action: string; open: Open; explain: (t: string) => void; class?: string }) {
  const timer = useRef(0);
  const long = useRef(false);
  const down = () => {
    long.current = false;
    timer.current = window.setTimeout(() => {
      long.current = true;
      if (has("help." + p.action)) p.explain(text("help." + p.action));
    }, holdFor);
  };
  const up = () => clearTimeout(timer.current);
  return (
    <button type="button" class={p.class || ""} data-action={p.action} disabled={!p.client.mayAct(p.action)} onTouchStart={down} onTouchEnd={up} onMouseDown={down}
      onMouseUp={up} onMouseLeave={up} onContextMenu={(e) => e.preventDefault()} onClick={() => !long.current && press(p.client, p.s, p.action, p.open)}>
      {p.action === "undo" && <UndoArrow />}
      {label(p.s, p.action)}
    </button>
  );
}

function History(p: { client: Client; onClose: () => void }) {
  useScans(p.client, pass(p.client, p.onClose));
  return (
    <Sheet title={text("menu.history")} onClose={p.onClose}>
      <ol class="history">
        {p.client.history.map((h) => (
          <li key={h.sign.n} class={h.sign.ok ? "good" : "bad"}>
            <Shape code={h.sign.code} />
            <span class="when">{clock(h.at)}</span>
            <span class="code">{h.what.slice(0, 24)}</span>
            <span>{sayText(h.sign.say, h.sign.article && [h.sign.article])}</span>
          </li>
        ))}
        {p.client.history.length === 0 && <li>{text("menu.noHistory")}</li>}
      </ol>
    </Sheet>
  );
}

// nameless lists the flows that this worker may begin with a parcel that no record
// tells of: no list can offer it.
function nameless(client: Client, s: Screen): string[] {
  const roles = (client.session && client.session.worker.roles) || [];
  const may = (role: string) => roles.indexOf(role) >= 0 || roles.indexOf("lead") >= 0;
  return s.flow !== "idle" ? [] : ["hospital", "return"].filter((f) => may(f === "return" ? "returns" : "packer"));
}

// MoreSheet has what the thumb row has no room for.
export function MoreSheet(p: { client: Client; s: Screen; shown: string[]; open: Open; onClose: () => void }) {
  const { client, s } = p;
  const [, redraw] = useState(0);
  useScans(client, pass(client, p.onClose));
  const rest = s.actions.filter((a) => p.shown.indexOf(a) < 0 && a !== "start" && a !== "printed" && a !== "empty" && a !== "ack" && !(a === "override" && oneMore(s)));
  const does = (f: () => void) => () => {
    p.onClose();
    f();
  };
  return (
    <Sheet title={text("ui.more")} onClose={p.onClose} id="more">
      <div class="rows">
        {rest.map((a) => (
          <button key={a} type="button" data-action={a} disabled={!client.mayAct(a)} onClick={does(() => press(client, s, a, p.open))}>
            {label(s, a)}
          </button>
        ))}
        {s.flow === "pick" && s.actions.indexOf("skip") >= 0 && !fetches(s) && (
          <button type="button" data-action="skipBlocked" disabled={!client.mayAct("skip")} onClick={does(() => client.act("skip", { reason: "blocked" }))}>
            {text("action.skipBlocked")}
          </button>
        )}
        {nameless(client, s).map((flow) => (
          <button key={flow} type="button" data-action="nameless" data-flow={flow} disabled={!client.mayAct("start")} onClick={does(() => client.act("start", { flow, reason: "noCode" }))}>
            {text(flow === "return" ? "menu.namelessReturn" : "menu.namelessBox")}
          </button>
        ))}
        <button type="button" data-action="typed" onClick={() => p.open("typed")}>
          {text("menu.typed")}
        </button>
        <button type="button" onClick={() => p.open("history")}>
          {text("menu.history")}
        </button>
        <div class="pair">
          <button type="button" onClick={() => ["ok", "done", "wrong", "hold"].forEach((c, i) => window.setTimeout(() => give(c, ""), i * 900))}>
            {text("menu.sound")}
          </button>
          <button type="button" aria-pressed={speaks()} onClick={() => (setSpeaks(!speaks()), redraw((n) => n + 1))}>
            {text("menu.speak")} · {text(speaks() ? "menu.on" : "menu.off")}
          </button>
        </div>
        <LanguageRow onChange={() => client.changed()} />
        <div class="pair">
          <button type="button" class="quiet" onClick={() => location.assign("/")}>
            {text("menu.home")}
          </button>
          <button type="button" class="quiet" data-action="logout" onClick={does(() => void client.logout())}>
            {text("menu.logout")}
          </button>
        </div>
        {client.session && !client.session.practice && (
          <button type="button" class="quiet" data-action="endShift" onClick={does(() => void client.endShift())}>
            {text("menu.endShift")}
          </button>
        )}
      </div>
    </Sheet>
  );
}

// again asks for another label of a box that is not in hand, or for the box. Where
// the number has had its copies, a lead is asked at this screen.
function again(client: Client, action: string, a: { waybill: string; reason: string }, open: Open): void {
  client.asked = { action, waybill: a.waybill, reason: a.reason };
  client.onVerdict = (v) => {
    client.onVerdict = undefined;
    if (v.say.key === "label.limit") open("lead@idle");
  };
  client.act(action, Object.assign({}, a, atDesk()));
}

// weightHint is what a lead has to judge: what stood on the scale, and what was expected.
function weightHint(client: Client, s: Screen): string {
  const last = client.history.filter((h) => h.sign.say.key.indexOf("pack.") === 0)[0];
  const grams = last && last.sign.say.key === "pack.wrongWeight" && last.sign.say.args ? last.sign.say.args.scanned : undefined;
  const expected = s.parcel && s.parcel.expected ? text("box.expected", { grams: s.parcel.expected, slack: s.parcel.slack || 0 }) : "";
  return [grams !== undefined ? text("box.measured", { grams }) : "", expected].filter((x) => x !== "").join(" \u00b7 ");
}

// useDialog holds which dialog is open. One that acts on the screen closes when
// the screen changes: nobody answers for a screen that they did not see. With nothing
// in hand only the work that waits changes, and no dialog is about that.
export function useDialog(s: Screen | undefined): [string, Open] {
  const [dialog, open] = useState("");
  const about = !s || (s.flow === "idle" && !stops(s)) ? "idle" : s.rev;
  useLayoutEffect(() => {
    if (dialog !== "" && dialog !== "typed" && dialog !== "history" && dialog !== "station") open("");
  }, [about]);
  return [dialog, open];
}

// Dialogs shows the dialog that is open.
export function Dialogs(p: { client: Client; s: Screen; dialog: string; shown: string[]; open: Open }) {
  const { client, s } = p;
  const close = () => p.open("");
  const act = (action: string, args: { [k: string]: unknown }) => {
    close();
    client.act(action, args);
  };
  const q = s.quantity;
  switch (p.dialog) {
    case "quantity":
      if (!q) return null;
      return <NumberSheet client={client} title={text("ask.quantity")} hint={text("ui.of", { n: q.have, of: q.want })} suggest={q.want} onClose={close} onDone={(n) => act("quantity", { n })} />;
    case "short": {
      const e = s.expect[0];
      const have = q ? q.have : 0;
      const most = q ? q.want : (e && e.remaining) || 0;
      return <ShortSheet client={client} have={have} most={Math.max(0, most - 1)} onClose={close} onDone={(found, reason) => act("short", { found, reason })} />;
    }
    case "confirm":
      if (s.flow === "pack") return <PieceSheet client={client} s={s} onClose={close} onDone={(a) => act("confirm", a)} />;
      return <ConfirmSheet client={client} s={s} onClose={close} onDone={(a) => act("confirm", a)} />;
    case "count":
      return <NumberSheet client={client} title={text("ask.counted")} hint={s.lines && s.lines[0] && s.lines[0].location} onClose={close} onDone={(n) => act("count", { n })} />;
    case "closePut":
      return <ChoiceSheet client={client} title={text("ask.toteEmpty")} prefix="closePut." codes={["empty"]} onClose={close} onDone={() => act("close", {})} />;
    case "weight":
      return <NumberSheet client={client} title={text("ask.grams")} unit="g" onClose={close} onDone={(n) => act("weight", { grams: String(n), source: "typed" })} />;
    case "reprint":
      return <ChoiceSheet client={client} title={text("action.reprint")} prefix="reprint." codes={reasons.reprint} onClose={close}
          onDone={(reason) => act("reprint", Object.assign({ box: s.box || (s.task && s.task.box), reason }, s.flow === "hospital" ? atDesk() : {}))} />;
    case "void":
      return <ChoiceSheet client={client} title={text("action.void")} prefix="void." codes={reasons.void} onClose={close}
          onDone={(reason) => act("void", { waybill: s.expect[0] && s.expect[0].code, reason })} />;
    case "closeLoad":
      return <CloseLoadSheet client={client} s={s} onClose={close} onDone={(reason) => act("close", reason ? { reason } : {})} />;
    case "lists":
      return <ListsSheet client={client} s={s} onClose={close} />;
    case "vehicle":
      return <VehicleSheet client={client} s={s} onClose={close} onDone={(a) => act("vehicle", a)} />;
    case "confirmReturn":
      return <ConfirmReturnSheet client={client} s={s} onClose={close} onDone={(a) => act("confirm", a)} />;
    case "closeReturn":
      return <ChoiceSheet client={client} title={text("say.return.left", { left: s.return ? s.return.missing : 0 })} prefix="closeReturn." codes={["notInParcel", "kept", "later"]} onClose={close}
          onDone={(reason) => act("close", { reason })} />;
    case "aside":
      return <ChoiceSheet client={client} title={text("hospitalAct.aside")} prefix="aside." codes={["check", "damaged", "wait"]} onClose={close}
          onDone={(reason) => act("close", { reason })} />;
    case "override":
      return s.step === "weight" ? (
        <LeadSheet client={client} what="weight" hint={weightHint(client, s)} onClose={close} onDone={(a) => act("override", a)} />
      ) : (
        <LeadSheet client={client} what="reprint" hint={text("lead.oneMore")} onClose={close} onDone={(a) => act("override", a)} />
      );
    case "reprint@idle":
    case "void@idle":
    case "reopen@idle": {
      const action = p.dialog.split("@")[0];
      return <WaybillSheet client={client} action={action} onClose={close} onDone={(a) => (close(), again(client, action, a, p.open))} />;
    }
    case "lead@idle": {
      const a = client.asked;
      if (!a) return null;
      return <LeadSheet client={client} what={a.action} reason={a.reason} hint={text("lead.oneMore")} onClose={close}
          onDone={(x) => act(a.action, Object.assign({ waybill: a.waybill, reason: a.reason, badge: x.badge, pin: x.pin }, atDesk()))} />;
    }
    case "typed":
      return <TypedSheet title={text("menu.typed")} hint={s.expect.some((e) => e.code === client.shownCode) ? client.shownCode : ""} onClose={close} onDone={(code) => (close(), client.submit(code, "typed"))} />;
    case "history":
      return <History client={client} onClose={close} />;
    case "more":
      return <MoreSheet client={client} s={s} shown={p.shown} open={p.open} onClose={close} />;
  }
  return null;
}
