// Trouble, worst first: what it is, since when, and what to do next.

import { either, text } from "../text";
import { Shape } from "../ui/shapes";
import { Exception, Items, values } from "./board";
import { age } from "./words";

const order = ["inDoubt", "printFailed", "printer", "lease", "held", "short", "parked", "device", "setUp", "consumer"];
const shapes: { [kind: string]: string } = {
  inDoubt: "unknown", printFailed: "wrong", printer: "over", lease: "over", held: "hold", short: "over", parked: "hold", device: "wrong", setUp: "over", consumer: "over",
};

export function troubles(items: Items): Exception[] {
  const at = (e: Exception) => Date.parse(e.since || "") || 0;
  return values(items.exceptions).sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || at(a) - at(b));
}

function detail(e: Exception): string {
  if (e.kind === "printer") return either("printer.", e.reason);
  if (e.kind === "lease") return e.hours ? text("lead.leaseLeft", { units: e.units || 0, hours: e.hours }) : "";
  if (e.kind === "setUp") return either("codeRepair.", e.reason);
  if (e.kind === "held") return either("held.", e.reason);
  if (e.kind === "parked") return (e.missing || []).slice(0, 3).join(", ");
  const at = [e.station, e.kind === "inDoubt" || e.kind === "printFailed" ? e.reason : "", e.box].filter((x) => !!x);
  return at.join(" · ");
}

const shown = 12;

export function Troubles(p: { items: Items; open: (order: string) => void }) {
  const all = troubles(p.items);
  return (
    <section class="trouble" id="trouble">
      <h2>
        {text("lead.trouble")} {all.length > 0 && <b class="pill">{all.length}</b>}
      </h2>
      {all.length === 0 && (
        <p class="fine">
          <Shape code="done" /> {text("lead.noTrouble")}
        </p>
      )}
      <ol>
        {all.slice(0, shown).map((e) => (
          <li key={e.kind + ":" + e.id} class={"kind-" + e.kind}>
            <Shape code={shapes[e.kind] || "unknown"} />
            <div>
              <p class="head">
                {text("trouble." + e.kind, { id: e.id, units: e.units || 0 })}
                <small>{age(e.since)}</small>
              </p>
              <p class="detail">
                {detail(e)} <span class="todo">{"\u2192 " + text("todo." + e.kind)}</span>
              </p>
            </div>
            {e.order && (
              <button type="button" onClick={() => p.open(e.order as string)}>
                {text("desk.order", { order: e.order })}
              </button>
            )}
          </li>
        ))}
      </ol>
      {all.length > shown && <p class="more">{text("verdict.more", { n: all.length - shown })}</p>}
    </section>
  );
}
