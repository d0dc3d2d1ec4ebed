// Dialogs that work with gloves: big keys, one decision each. A scan while one
// is open closes it and counts as a scan.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { Client } from "../client";
import { text } from "../text";

export function Sheet(p: { title: string; onClose: () => void; children: ComponentChildren; id?: string }) {
  return (
    <div class="sheet-back" onClick={(e) => e.target === e.currentTarget && p.onClose()}>
      <section class="sheet" role="dialog" aria-modal="true" aria-label={p.title} id={p.id}>
        <header>
          <h2>{p.title}</h2>
          <button type="button" class="quiet close" onClick={p.onClose}>
            {text("ui.close")}
          </button>
        </header>
        {p.children}
      </section>
    </div>
  );
}

// useScans takes the scans while a dialog is open.
export function useScans(c: Client, take: (code: string, source: string) => void, partial?: (buffer: string) => void): void {
  useLayoutEffect(() => {
    const [scan, part] = [c.onScan, c.onPartial];
    c.onScan = take;
    c.onPartial = partial;
    return () => {
      c.onScan = scan;
      c.onPartial = part;
    };
  });
}

// pass closes the dialog and lets the scan count where it belongs.
export function pass(c: Client, close: () => void): (code: string, source: string) => void {
  return (code, source) => {
    close();
    c.onScan = undefined;
    c.submit(code, source);
  };
}

const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "C", "0", "OK"];

export function Keypad(p: { value: string; onChange: (v: string) => void; onDone: () => void; most: number }) {
  const press = (k: string) => {
    if (k === "OK") p.onDone();
    else if (k === "C") p.onChange("");
    else if (p.value.length < p.most) p.onChange(p.value + k);
  };
  return (
    <div class="keypad">
      {keys.map((k) => (
        <button key={k} type="button" class={k === "OK" ? "primary" : k === "C" ? "quiet" : ""} onClick={() => press(k)}
          disabled={k === "OK" && p.value === ""}>
          {k === "OK" ? text("ui.ok") : k === "C" ? text("ui.clear") : k}
        </button>
      ))}
    </div>
  );
}

// NumberSheet asks for a number. Digits may come from a keyboard too.
export function NumberSheet(p: { client: Client; title: string; hint?: string; suggest?: number; unit?: string; onDone: (n: number) => void; onClose: () => void }) {
  const [value, set] = useState("");
  const digits = (s: string) => /^\d{1,5}$/.test(s);
  const away = pass(p.client, p.onClose);
  useScans(
    p.client,
    (code, source) => (digits(code) ? p.onDone(Number(code)) : away(code, source)),
    (b) => digits(b) && set(b),
  );
  return (
    <Sheet title={p.title} onClose={p.onClose} id="number">
      {p.hint && <p class="hint">{p.hint}</p>}
      <div class="number-row">
        <output class="number">{value || "\u2013"}</output>
        {p.unit && <span class="unit">{p.unit}</span>}
        {p.suggest !== undefined && (
          <button type="button" class="suggest" onClick={() => p.onDone(p.suggest as number)}>
            {p.suggest}
          </button>
        )}
      </div>
      <Keypad value={value} onChange={set} most={5} onDone={() => p.onDone(Number(value))} />
    </Sheet>
  );
}

// ChoiceSheet asks for one of a few codes; texts are prefix + code.
export function ChoiceSheet(p: { client: Client; title: string; prefix: string; codes: string[]; onDone: (code: string) => void; onClose: () => void }) {
  useScans(p.client, pass(p.client, p.onClose));
  return (
    <Sheet title={p.title} onClose={p.onClose} id="choice">
      <div class="rows">
        {p.codes.map((k) => (
          <button key={k} type="button" data-code={k} onClick={() => p.onDone(k)}>
            {text(p.prefix + k)}
          </button>
        ))}
      </div>
    </Sheet>
  );
}

// ShortSheet asks how many lie in the tote, and why no more.
export function ShortSheet(p: { client: Client; have: number; most: number; onDone: (found: number, reason: string) => void; onClose: () => void }) {
  const [found, set] = useState(p.have);
  useScans(p.client, pass(p.client, p.onClose));
  const step = (d: number) => set(Math.max(0, Math.min(p.most, found + d)));
  return (
    <Sheet title={text("action.short")} onClose={p.onClose} id="short">
      <p class="hint">{text("ask.found")}</p>
      <div class="stepper">
        <button type="button" aria-label="-1" onClick={() => step(-1)} disabled={found <= 0}>
          {"\u2212"}
        </button>
        <output class="number">{found}</output>
        <button type="button" aria-label="+1" onClick={() => step(1)} disabled={found >= p.most}>
          +
        </button>
      </div>
      <p class="hint">{text("ask.reason")}</p>
      <div class="grid2">
        {["none", "damaged", "expired", "misplaced"].map((k) => (
          <button key={k} type="button" data-code={k} onClick={() => p.onDone(found, k)}>
            {text("short." + k)}
          </button>
        ))}
      </div>
    </Sheet>
  );
}

const focus = (el: HTMLInputElement | null): void => {
  if (el) el.focus();
};

// TypedSheet takes a code by hand, where a label is torn.
export function TypedSheet(p: { title: string; hint?: string; onDone: (code: string) => void; onClose: () => void }) {
  const [value, set] = useState("");
  const go = (e: Event) => {
    e.preventDefault();
    const v = value.trim();
    if (v !== "") p.onDone(v);
  };
  return (
    <Sheet title={p.title} onClose={p.onClose} id="typed">
      {p.hint && <p class="hint code">{p.hint}</p>}
      <form onSubmit={go}>
        <input type="text" autocomplete="off" autocapitalize="off" spellcheck={false} maxLength={200} value={value} aria-label={p.title}
          ref={focus} onInput={(e) => set((e.target as HTMLInputElement).value)} />
        <button type="submit" class="primary wide">
          {text("ui.send")}
        </button>
      </form>
    </Sheet>
  );
}
