// Steps of picking, parting, counting and bringing that look like nothing else:
// into which tote or cell, which lot, is the place empty, how many lie there.

import { useState } from "preact/hooks";
import type { VNode } from "preact";
import type { Client } from "../client";
import { either, nameIn, text } from "../text";
import type { Expect, Screen } from "../types";
import { Shape } from "./shapes";
import { anyOf, ask } from "./ask";
import { Big, Totes, What } from "./thing";
import { Sheet, pass, useScans } from "./sheet";

// Cases says how many cases what is left makes: 2 BOX (=12) + 1 EA, in the words of the reader.
export function Cases(p: { e: Expect }) {
  const each = p.e.case || 0;
  const n = p.e.remaining || 0;
  if (each < 2 || n < each) return null;
  const boxes = Math.floor(n / each);
  const rest = n - boxes * each;
  return (
    <p class="cases" id="cases">
      <b>{text("unit.cases", { n: boxes })}</b> (={boxes * each}){rest > 0 && <span> + <b>{text("unit.pieces", { n: rest })}</b></span>}
    </p>
  );
}

const forms = ["M12 2a10 10 0 1 0 .01 0z", "M3 3h18v18H3z", "M12 2l11 20H1z", "M12 1l11 11-11 11L1 12z", "M7 2h10l6 10-6 10H7L1 12z", "M12 1l11 8-4 13H5L1 9z"];

// Slot is a tote's place on the cart: a number, with a form and a colour of its
// own that the cart carries too.
export function Slot(p: { n: number }) {
  const k = (p.n - 1) % forms.length;
  return (
    <div class={"slot slot-" + (k + 1)} id="slot" data-slot={p.n} aria-label={text("task.slot", { n: p.n })}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={forms[k]} />
      </svg>
      <b>{p.n}</b>
    </div>
  );
}

// Whither is where the goods in the hand go, and where they lie now: what was taken out of
// hand by the siren's ack lies where that told to put it.
export function Whither(p: { s: Screen; e: Expect }) {
  const { task, totes } = p.s;
  const aside = task && task.reason === "cancelled" && (totes || []).length === 0;
  return (
    <div class="whither">
      <Totes s={p.s} all />
      {aside && <div class="tote">{text("move.cancelTote")}</div>}
      {p.e.location && (
        <div class="chip code" id="to">
          {"\u2192 " + p.e.location}
        </div>
      )}
      <Reason s={p.s} />
    </div>
  );
}

function Reason(p: { s: Screen }) {
  const r = p.s.task && p.s.task.reason;
  return r ? <p class="quiet-text">{either("why.", r)}</p> : null;
}

function Into(p: { client: Client; s: Screen; e: Expect }) {
  const { s, e } = p;
  const n = (s.totes || []).indexOf(e.code || "") + 1;
  return (
    <div class="task">
      <What client={p.client} e={e} />
      <div class="count small">
        <b>{text("unit.pieces", { n: e.remaining || 0 })}</b> {"\u2193"}
      </div>
      {n > 0 && (s.totes || []).length > 1 && <Slot n={n} />}
      <p class="ask" id="ask">{ask(s)}</p>
      <Big id="where">{e.code || ""}</Big>
    </div>
  );
}

// cellFit names the size at which a cell's name stands in one line of a PDA.
const cellFit = (s: string): string => (s.length <= 4 ? "" : s.length <= 5 ? " five" : s.length <= 6 ? " six" : s.length <= 8 ? " long" : " longer");

function Cell(p: { client: Client; s: Screen; e: Expect }) {
  const cell = p.e.location || p.e.code || "";
  return (
    <div class="task">
      <p class="ask" id="ask">{ask(p.s)}</p>
      <div class={"code cell-number" + cellFit(cell)} id="where">
        {cell}
      </div>
      <div class="count small">
        <b>{text("unit.pieces", { n: p.e.remaining || 0 })}</b>
      </div>
      <What client={p.client} e={p.e} />
    </div>
  );
}

function Capture(p: { client: Client; s: Screen; e: Expect }) {
  const { e } = p;
  const last = p.client.history[0];
  const any = !!last && last.sign.say.key === "pick.anyLot"; // the lot in the hand, then
  return (
    <div class="task">
      {e.location && <div class="chip code">{e.location}</div>}
      <What client={p.client} e={e} />
      {e.lot && <p class="needs" id="lot">{text("item.lot", { lot: e.lot })}</p>}
      <p class="ask" id="ask">{any ? text("ask.lot") : ask(p.s)}</p>
      {e.code && !any && <Big id="where">{e.code}</Big>}
      {e.kind === "serial" && p.s.knowledge && <p class="quiet-text" id="unconfirmed">{text("serial.unconfirmed")}</p>}
    </div>
  );
}

// insertName is what goes into the box beside the goods: by its name, or as what it is.
export const insertName = (e: Expect): string => [nameIn(e.name), nameIn(e.variant)].join(" ").trim() || either("extra.", e.sku || e.code);

// Insert asks for one of them. What has no article has no barcode to scan: a touch
// counts like its scan.
function Insert(p: { client: Client; s: Screen; e: Expect }) {
  const { client, e } = p;
  return (
    <div class="task" id="insert">
      <p class="ask" id="ask">{ask(p.s)}</p>
      <div class="big s" id="name">{insertName(e)}</div>
      {e.sku ? (
        <Big id="where">{e.code || ""}</Big>
      ) : (
        <button type="button" class="primary wide" id="putIn" disabled={!client.mayScan()} onClick={() => client.submit(e.code || "", "typed")}>
          {text("action.putIn")}
        </button>
      )}
    </div>
  );
}

// Contents is what lies in a wave's tote: any of it comes out next.
function Contents(p: { client: Client; s: Screen }) {
  const { s } = p;
  const listed = window.innerWidth < 900 ? 6 : 12; // of a PDA, and of a desk
  return (
    <div class="task">
      <Totes s={s} />
      <p class="ask" id="ask">{ask(s)}</p>
      <ul class="contents">
        {s.expect.slice(0, listed).map((e) => (
          <li key={e.sku}>
            {nameIn(e.name) || e.sku} <b>{nameIn(e.variant)}</b>
          </li>
        ))}
      </ul>
      {s.expect.length > listed && <p class="quiet-text">{text("verdict.more", { n: s.expect.length - listed })}</p>}
    </div>
  );
}

// ownView is the view of a step that has one of its own.
export function ownView(client: Client, s: Screen, e: Expect): VNode | null {
  if (e.kind === "cell") return <Cell client={client} s={s} e={e} />;
  if (e.kind === "lot" || e.kind === "serial") return <Capture client={client} s={s} e={e} />;
  if (e.kind === "insert") return <Insert client={client} s={s} e={e} />;
  if (s.step === "into") return <Into client={client} s={s} e={e} />;
  if (anyOf(s)) return <Contents client={client} s={s} />;
  return null;
}

function Empty(p: { client: Client; s: Screen }) {
  const l = (p.s.lines || [])[0];
  const may = p.client.mayAct("empty");
  const answer = (outcome: string) => p.client.act("empty", { outcome });
  return (
    <div class="task" id="empty">
      {l && l.location && <Big id="where">{l.location}</Big>}
      {l && <What client={p.client} e={{ kind: "item", sku: l.sku, name: l.name, variant: l.variant }} />}
      <p class="ask" id="ask">{ask(p.s)}</p>
      <div class="yesno">
        <button type="button" class="primary" data-outcome="yes" disabled={!may} onClick={() => answer("yes")}>
          {text("step.emptyYes")}
        </button>
        <button type="button" data-outcome="no" disabled={!may} onClick={() => answer("no")}>
          {text("step.emptyNo")}
        </button>
      </div>
    </div>
  );
}

function HandOver(p: { client: Client; s: Screen }) {
  return (
    <div class="stop" id="handOver">
      <Shape code="hold" />
      <h2>{ask(p.s)}</h2>
      {(p.s.totes || []).map((t) => (
        <p key={t} class="big s code">{t}</p>
      ))}
      <p>{text("step.handOverWhat")}</p>
    </div>
  );
}

function Count(p: { client: Client; s: Screen }) {
  const l = (p.s.lines || [])[0];
  return (
    <div class="task" id="counting">
      {l && l.location && <Big id="where">{l.location}</Big>}
      {l && <What client={p.client} e={{ kind: "item", sku: l.sku, name: l.name, variant: l.variant, code: l.code }} />}
      <p class="ask" id="ask">{ask(p.s)}</p>
      <Reason s={p.s} />
    </div>
  );
}

// Anywhere ends the bringing of goods that have no place of their own.
function Anywhere(p: { client: Client; s: Screen }) {
  return (
    <div class="task">
      <Totes s={p.s} />
      <p class="ask" id="ask">{ask(p.s)}</p>
      <Reason s={p.s} />
    </div>
  );
}

// questionView is the view of a step at which nothing certain is scanned.
export function questionView(client: Client, s: Screen): VNode | null {
  if (s.step === "empty") return <Empty client={client} s={s} />;
  if (s.step === "handOver") return <HandOver client={client} s={s} />;
  if (s.flow === "count" && s.step === "count") return <Count client={client} s={s} />;
  if (s.flow === "replenish" && s.step === "location" && s.expect.length === 0) return <Anywhere client={client} s={s} />;
  return null;
}

const focus = (el: HTMLInputElement | null): void => {
  if (el) el.focus();
};

// ConfirmSheet asks why a piece is confirmed by hand; a lot or a serial number
// has to be typed as well.
export function ConfirmSheet(p: { client: Client; s: Screen; onDone: (args: { [k: string]: unknown }) => void; onClose: () => void }) {
  const { s } = p;
  const [reason, setReason] = useState("");
  const [value, setValue] = useState("");
  useScans(p.client, pass(p.client, p.onClose));
  const capture = s.step === "lot" || s.step === "serial";
  const last = p.client.history.filter((h) => h.sign.ok || h.sign.say.key === "pick.fefo")[0];
  const asksFirst = !!last && !last.sign.ok; // the lot was refused, and nothing went well since
  const codes = ["labelTorn", "noBarcode", "otherBarcode"].concat(asksFirst && s.step !== "serial" ? ["fefo"] : []);
  const choose = (k: string) => (capture && k !== "fefo" ? setReason(k) : p.onDone({ reason: k }));
  const go = (e: Event) => {
    e.preventDefault();
    if (value.trim() !== "") p.onDone({ reason, text: value.trim() });
  };
  return (
    <Sheet title={text("action.confirm")} onClose={p.onClose} id="confirm">
      {reason === "" ? (
        <div class="rows">
          <p class="hint">{text("ask.reason")}</p>
          {codes.map((k) => (
            <button key={k} type="button" data-code={k} onClick={() => choose(k)}>
              {text("confirm." + k)}
            </button>
          ))}
        </div>
      ) : (
        <form onSubmit={go}>
          <p class="hint">{text("confirmType." + s.step)}</p>
          <input type="text" autocomplete="off" autocapitalize="off" spellcheck={false} maxLength={90} value={value} aria-label={text("confirmType." + s.step)}
            ref={focus} onInput={(e) => setValue((e.target as HTMLInputElement).value)} />
          <button type="submit" class="primary wide">
            {text("ui.send")}
          </button>
        </form>
      )}
    </Sheet>
  );
}
