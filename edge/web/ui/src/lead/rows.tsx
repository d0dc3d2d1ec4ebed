// Orders by carrier and cut-off: a row each, its stages as one stacked bar.

import { useState } from "preact/hooks";
import { either, text } from "../text";
import { cutoff } from "../time";
import { left } from "../ui/task";
import { Items, Row, values } from "./board";
import type { Find } from "./orders";
import { count } from "./words";

// From what is finished to what has not begun.
export const stages = ["shipped", "loaded", "packed", "packing", "picked", "picking", "received", "parked"];

function sum(r: Row, names: string[]): number {
  return names.reduce((n, s) => n + (r.stages[s] || 0), 0);
}

function RowView(p: { r: Row; find: (f: Find) => void }) {
  const { r } = p;
  const c = cutoff(r.cutoff);
  const total = sum(r, stages);
  const done = sum(r, ["shipped", "loaded"]);
  const open = total - done;
  const state = open === 0 ? "all" : c && c.late ? "late" : c && c.soon ? "soon" : "";
  return (
    <tr class={state} data-carrier={r.carrier}>
      <th scope="row">{either("carrier.", r.carrier) || "\u2013"}</th>
      <td class="when">
        {c ? c.at : text("lead.noCutoff")}
        {c && open > 0 && <small class={c.late ? "late" : c.soon ? "soon" : ""}>{left(c)}</small>}
      </td>
      <td class="stack-cell">
        <div class="stack">
          {stages.map((s) => {
            const n = r.stages[s] || 0;
            if (n === 0) return null;
            return (
              <button key={s} type="button" class={"seg seg-" + s} style={{ flexGrow: n }} title={text("stage." + s) + " " + count(n)} aria-label={text("stage." + s) + " " + count(n)}
                onClick={() => p.find({ stage: s, carrier: r.carrier })}>
                {n / total > 0.04 ? count(n) : ""}
              </button>
            );
          })}
        </div>
      </td>
      <td class="done">
        <b>{count(done)}</b> / {count(total)}
      </td>
      <td class="flags">
        {open === 0 && <span class="tick">{"\u2713"}</span>}
        {!!r.held && (
          <button type="button" class="flag" onClick={() => p.find({ carrier: r.carrier, held: true })}>
            {text("lead.heldN", { n: count(r.held) })}
          </button>
        )}
        {!!r.short && <span class="flag plain">{text("lead.shortN", { n: count(r.short) })}</span>}
      </td>
    </tr>
  );
}

const rowsShown = 8;

export function Rows(p: { items: Items; find: (f: Find) => void }) {
  const [whole, setWhole] = useState(false);
  const all = values(p.items.rows).sort((a, b) => (Date.parse(a.cutoff || "") || Infinity) - (Date.parse(b.cutoff || "") || Infinity) || (a.carrier < b.carrier ? -1 : 1));
  // Cut-offs with work left come first; finished ones fall off the page's end.
  const open = all.filter((r) => sum(r, stages) > sum(r, ["shipped", "loaded"]));
  const rows = open.concat(all.filter((r) => open.indexOf(r) < 0 && sum(r, stages) > 0));
  const totals: Row = { carrier: "", stages: {}, total: 0 };
  for (const r of all) for (const s of stages) totals.stages[s] = (totals.stages[s] || 0) + (r.stages[s] || 0);
  return (
    <section class="rows-panel">
      <h2>{text("lead.cutoffs")}</h2>
      <ul class="legend">
        {stages.map((s) => (
          <li key={s}>
            <button type="button" onClick={() => p.find({ stage: s })}>
              <i class={"seg-" + s} /> {text("stage." + s)} <b>{count(totals.stages[s] || 0)}</b>
            </button>
          </li>
        ))}
      </ul>
      {rows.length === 0 ? (
        <p class="nothing">{text("lead.noOrders")}</p>
      ) : (
        <table>
          <tbody>
            {(whole ? rows : rows.slice(0, rowsShown)).map((r) => (
              <RowView key={r.carrier + (r.cutoff || "")} r={r} find={p.find} />
            ))}
          </tbody>
        </table>
      )}
      {rows.length > rowsShown && (
        <button type="button" class="more" data-action="cutoffs" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? text("lead.showLess") : text("lead.showAll", { n: rows.length })}
        </button>
      )}
    </section>
  );
}
