// What a packer's screen says of the box in hand: which of how many, what it is
// to weigh, which carton fits, and whose goods go into it.

import { useState } from "preact/hooks";
import type { Client } from "../client";
import { nameIn, text } from "../text";
import type { Expect, Line, Screen } from "../types";
import { CodeView, grouped } from "./code";
import { Bar, Shape } from "./shapes";

// boxName is which box of how many this is, where that says anything.
export function boxName(s: Screen): string {
  const b = s.parcel;
  if (!b) return "";
  if (b.of) return text("box.of", { n: b.n, of: b.of });
  return b.n > 1 ? text("box.n", { n: b.n }) : "";
}

const kilos = (grams: number): string => (grams / 1000).toFixed(3);

// Weight is what stood on the scale, or what is to stand on it.
export function Weight(p: { s: Screen }) {
  const b = p.s.parcel;
  if (!b || (!b.grams && !b.expected)) return null;
  const want = b.expected ? text("box.expected", { grams: b.expected, slack: b.slack || 0 }) : "";
  return (
    <section id="weight">
      <h2>{text("box.weight")}</h2>
      {b.grams ? <p class="big">{kilos(Number(b.grams))} kg</p> : <p class="big quiet-text">{"\u2013"}</p>}
      {want && <p class="quiet-text">{want}</p>}
    </section>
  );
}

// BoxCard is the box, its carton and the copy of its label.
export function BoxCard(p: { s: Screen }) {
  const b = p.s.parcel;
  const type = b && (nameIn(b.typeName) || b.type);
  const advice = b && (nameIn(b.advice) || b.advised);
  return (
    <section id="box">
      <h2>
        {text("desk.box")} {p.s.box && <span class="code">{p.s.box}</span>}
      </h2>
      <p class="big">{boxName(p.s) || (p.s.box ? text("box.n", { n: (b && b.n) || 1 }) : "\u2013")}</p>
      {!p.s.box && <p class="quiet-text">{text("desk.noBox")}</p>}
      {type ? <p>{text("box.type", { type })}</p> : advice ? <p>{text("box.advised", { type: advice })}</p> : null}
      {b && b.copy && <p>{text("box.copy", { n: b.copy })}</p>}
    </section>
  );
}

// stopping is the order of several that the step is about: cancelled, held, or to
// be taken out.
export const stopping = (s: Screen) => (s.together || []).filter((o) => o.stops)[0];

// About says on a PDA that several orders go into this box, and which box it is.
export function About(p: { s: Screen }) {
  const n = (p.s.together || []).length;
  const words = [n > 1 ? text("desk.together", { n }) : "", boxName(p.s)].filter((w) => w !== "");
  if (p.s.flow !== "pack" || words.length === 0) return null;
  return <p class="quiet-text box-about">{words.join(" \u00b7 ")}</p>;
}

// Inside lists what lies in the box of an order that is to come out of it.
export function Inside(p: { s: Screen; order: string }) {
  const lines = (p.s.lines || []).filter((l) => l.order === p.order && l.have > 0);
  if (lines.length === 0) return null;
  return (
    <ul class="contents" id="inside">
      {lines.map((l) => (
        <li key={l.line}>
          {nameIn(l.name) || l.sku} {nameIn(l.variant)} <b>{"\u00d7"} {l.have}</b>
        </li>
      ))}
    </ul>
  );
}

// LineRow is one line of an order at a desk.
export function LineRow(p: { client: Client; l: Line; now: boolean }) {
  const { l } = p;
  const done = l.have >= l.want;
  return (
    <li class={"line" + (done ? " finished" : "") + (p.now ? " now" : "")} data-line={l.line}>
      <span class="mark">{done ? <Shape code="done" /> : <i />}</span>
      <span class="name">
        {nameIn(l.name) || l.sku} <b>{nameIn(l.variant)}</b>
        <small class="code">
          {l.sku} {l.code && <CodeView key={l.code} client={p.client} code={l.code} />}
        </small>
      </span>
      <Bar have={l.have} want={l.want} />
      <span class="count">
        <b>{l.have}</b> / {l.want}
      </span>
    </li>
  );
}

// Together shows the orders that go into one box side by side: what is missing
// of each first, and what is to come out again.
export function Together(p: { client: Client; s: Screen }) {
  const { s } = p;
  const orders = s.together || [];
  const e = s.expect[0];
  // Several orders want the same article: the piece goes to the first of them.
  const open = e && (s.lines || []).filter((l) => l.line === e.line && l.sku === e.sku && l.have < l.want && !orders.some((o) => o.order === l.order && o.out))[0];
  return (
    <div class="together" id="together">
      {orders.map((o) => {
        const lines = (s.lines || []).filter((l) => l.order === o.order);
        const sorted = lines.filter((l) => l.have < l.want).concat(lines.filter((l) => l.have >= l.want));
        return (
          <section key={o.order} class={"of-box" + (o.out ? " leaves" : o.have >= o.want ? " complete" : "")} data-order={o.order}>
            <h2>
              {o.out ? <Shape code="hold" /> : o.have >= o.want ? <Shape code="done" /> : null}
              <b class="code">{o.order}</b>
              <span class="state">{o.out ? text("together.out") : o.have + " / " + o.want}</span>
            </h2>
            <ul class="lines">
              {sorted.map((l) => (
                <LineRow key={l.line} client={p.client} l={l} now={l === open} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

// BoxTypes are the cartons: the one that fits first. A touch counts like a scan.
export function BoxTypes(p: { client: Client; s: Screen }) {
  const { s } = p;
  const fits = s.parcel && s.parcel.advised;
  return (
    <div class="box-types" id="box-types">
      <p class="ask">{text("step.boxType")}</p>
      <div class="cards">
        {s.expect.map((e: Expect, i) => (
          <button key={e.code} type="button" class={fits && i === 0 ? "primary" : ""} data-code={e.code} disabled={!p.client.mayScan()} onClick={() => p.client.submit(e.code || "", "typed")}>
            <b>{nameIn(e.name) || e.code}</b>
            {fits && i === 0 && <small>{text("box.fits")}</small>}
          </button>
        ))}
      </div>
    </div>
  );
}

// TakeOut asks for goods that lie in a box with those of others and may not go
// with them.
export function TakeOut(p: { s: Screen; list?: boolean }) {
  const { s } = p;
  const out = stopping(s);
  const code = s.expect[0] && s.expect[0].code;
  return (
    <div class="task take-out" id="take-out">
      <Shape code="hold" />
      <p class="ask">{text("takeOut.ask", { order: out ? out.order : "" })}</p>
      <p class={code ? "code big m" : "ask"} id="where">{code ? grouped(code) : text("ask.free")}</p>
      {p.list && out && <Inside s={s} order={out.order} />}
    </div>
  );
}

// LabelPicture is the label that is asked about, as it should look, masked.
export function LabelPicture(p: { attempt?: string }) {
  const [gone, set] = useState(false);
  if (!p.attempt || gone) return null;
  return <img class="label-picture" alt={text("doubt.picture")} src={"/floor/v1/labels/" + encodeURIComponent(p.attempt) + ".png"} onError={() => set(true)} />;
}
