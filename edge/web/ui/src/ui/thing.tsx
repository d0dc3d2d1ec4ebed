// What every task shows alike: a code that fills its line, an article, the totes.

import type { Client } from "../client";
import { nameIn, text } from "../text";
import type { Expect, Screen } from "../types";
import { CodeView } from "./code";

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
      <div class="name" id="name">{name}</div>
      {variant && <div class="variant" id="variant">{variant}</div>}
      {e.kind === "item" && e.code && <CodeView key={e.code} client={p.client} code={e.code} class="last4" />}
    </div>
  );
}

// Totes is the tote in hand: the last one, or all that the goods may lie in.
export function Totes(p: { s: Screen; all?: boolean }) {
  const { s } = p;
  const t = s.totes || [];
  if (t.length === 0 || (s.mode === "cluster" && t.length > 1)) return null; // which of several, the next step says
  if (s.flow === "pick" && s.step === "tote") return null; // another one is asked for
  if (s.flow === "pack" && s.step !== "tote" && s.step !== "item") return null; // nothing comes out of it any more
  return (
    <div class="tote code">
      <svg viewBox="0 0 24 20" aria-hidden="true">
        <path d="M2 3h20l-2.500 15h-15z" />
      </svg>
      {p.all ? t.join(" ") : t[t.length - 1]}
      {s.flow === "pack" && s.step === "tote" && " \u2713"}
      {s.flow === "pick" && s.task && s.task.of > 1 && <span class="progress" id="progress">{text("ui.of", { n: s.task.done, of: s.task.of })}</span>}
    </div>
  );
}
