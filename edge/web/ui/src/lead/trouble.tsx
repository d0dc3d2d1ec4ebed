// Trouble, worst first: what it is, since when, and what to do next.

import { useEffect, useState } from "preact/hooks";
import { call, Problem } from "../http";
import { either, failure, has, text } from "../text";
import { clock } from "../time";
import { grouped } from "../ui/code";
import { Shape } from "../ui/shapes";
import { Exception, Items, values } from "./board";
import { deviceTodo } from "./devices";
import { age } from "./words";

const order = ["closed", "help", "inDoubt", "label", "printFailed", "printer", "lease", "lost", "leftBehind", "held", "heldPaper", "takeOut", "short", "aside", "unknownBox", "uncollected", "unknownReturn", "goesBack", "keptTote", "toteWaits", "wallFull", "parked", "device", "setUp", "clientTemplate", "carrierTemplate", "carrierFormat", "cancels", "consumer"];
const shapes: { [kind: string]: string } = {
  closed: "hold", help: "unknown", label: "wrong", inDoubt: "unknown", printFailed: "wrong", printer: "over", lease: "over", lost: "wrong", leftBehind: "over", held: "hold", heldPaper: "hold", takeOut: "hold", short: "over", aside: "hold", unknownBox: "unknown", uncollected: "over", unknownReturn: "unknown", goesBack: "hold", keptTote: "hold", toteWaits: "over", wallFull: "over", parked: "hold", device: "wrong", setUp: "over", clientTemplate: "over", carrierTemplate: "over", carrierFormat: "over", cancels: "hold", consumer: "over",
};

const onPaper = (e: Exception): boolean => e.kind === "held" && e.reason === "paper";

// together makes one row of the orders that are picked on paper: nobody has to see to
// each, and a printed round of them is not to push what is wrong out of sight.
function together(all: Exception[]): Exception[] {
  const paper = all.filter(onPaper);
  if (paper.length < 2) return all;
  const since = paper.map((e) => e.since || "").filter((x) => x !== "").sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  return all.filter((e) => !onPaper(e)).concat({ kind: "heldPaper", id: "", units: paper.length, since, orders: paper.map((e) => e.order || e.id) });
}

export function troubles(items: Items): Exception[] {
  const at = (e: Exception) => Date.parse(e.since || "") || 0;
  return together(values(items.exceptions)).sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || at(a) - at(b));
}

// heldBy says who put an order on hold.
export function heldBy(by: string | undefined, names?: Names): string {
  if (!by) return "";
  return by === "wms" ? text("held.byWMS") : text("held.byLead", { who: nameOf(by, names) });
}

// Names are workers' names by id; the board itself carries none.
export type Names = { [worker: string]: string };

export const nameOf = (worker: string, names?: Names): string => (names && names[worker] ? names[worker] + " (" + worker + ")" : worker);

// useNames asks for the names of those who stand on the list.
export function useNames(workers: string[]): Names {
  const [names, set] = useState<Names>({});
  const missing = workers.filter((w) => !(w in names)).join(" ");
  useEffect(() => {
    if (missing === "") return;
    const take = (items: { worker: string; name: string }[]) => {
      const all: Names = Object.assign({}, names);
      for (const w of missing.split(" ")) all[w] = ""; // not asked for again
      for (const i of items) all[i.worker] = i.name;
      set(all);
    };
    void call<{ items: { worker: string; name: string }[] }>("GET", "/site/v1/workers").then((r) => take(r.items), () => take([]));
  }, [missing]);
  return names;
}

// cases are what somebody must own until it is settled.
const cases = ["uncollected", "unknownReturn", "unknownBox", "leftBehind"];

// settleAt is where a lead says who owns it, and how it ended.
const settleAt = (e: Exception): string => (e.kind === "leftBehind" ? "/site/v1/trucks/" + encodeURIComponent(e.id) + "/behind" : "/site/v1/cases/" + encodeURIComponent(e.id));

const join = (parts: (string | undefined)[]): string => parts.filter((x, i) => !!x && parts.indexOf(x) === i).join(" \u00b7 ");

// where is what stood on the screen of a worker who calls for help.
function where(e: Exception): string {
  const times = (e.units || 0) > 1 ? text("lead.helpTimes", { n: e.units || 0 }) : "";
  return join([either("flow.", e.flow), e.location, either("extra.", e.sku), e.tote, e.station, e.box, e.device, times]);
}

// todo is the next step. A printer's says what its fault needs; an order's what
// its buttons do.
function todo(e: Exception, items: Items): string {
  if (e.kind === "printer") return text("todoPrinter." + (has("todoPrinter." + e.reason) ? e.reason : "other"));
  if (e.kind === "held" && (e.reason === "short" || e.reason === "shortWait")) return text("todo.heldShort");
  if (e.kind === "held" && e.reason === "tote") return text("todo.heldTote");
  if (e.kind === "short" && items.exceptions["held:" + e.id]) return text("todo.heldShort");
  const device = items.devices[e.id];
  const next = e.kind === "device" && device ? deviceTodo(device, items) : "";
  if (next) return next;
  if (e.kind === "device" && device && device.class === "belt") return text("todo.belt");
  if (e.kind === "device" && e.reason !== "offline" && e.reason !== "silent") return text("todo.deviceOther");
  if (e.kind !== "label") return text("todo." + e.kind);
  return text("todoLabel." + (has("todoLabel." + e.reason) ? e.reason : "other"));
}

const owner = (e: Exception, names: Names): string => (e.owner ? text("case.owner", { who: nameOf(e.owner, names) }) : text("case.nobody"));

function detail(e: Exception, names: Names): string {
  if (e.kind === "closed") return either("closed.", e.reason);
  if (e.kind === "help") return where(e);
  if (e.kind === "label") return join([e.station, e.field && text("label.field", { field: e.field }), text("label." + (has("label." + (e.detail || e.reason)) ? e.detail || e.reason : "other"))]);
  if (e.kind === "printer" || e.kind === "device") return either("printer.", e.reason);
  if (e.kind === "lease") return e.hours ? text("lead.leaseLeft", { units: e.units || 0, hours: e.hours }) : "";
  if (e.kind === "clientTemplate" || e.kind === "carrierTemplate" || e.kind === "carrierFormat") return text("notHere." + e.kind, { name: e.field || "" });
  if (e.kind === "setUp") return either("codeRepair.", e.reason);
  if (e.kind === "held") return join([either("held.", e.reason), e.of && text("lead.duplicateOf", { order: e.of }), heldBy(e.by, names)]);
  if (e.kind === "leftBehind") return join([e.carrier && either("carrier.", e.carrier), e.trip, e.station, e.reason && either("closeLoad.", e.reason), owner(e, names)]);
  if (e.kind === "keptTote") return either("why.", e.reason);
  if (e.kind === "takeOut") return e.station || "";
  if (e.kind === "lost") return join([e.location && text("lead.lastSeen", { place: e.location }), e.station]);
  if (e.kind === "goesBack") return e.reason || "";
  if (cases.indexOf(e.kind) >= 0) return join([e.carrier && either("carrier.", e.carrier), e.trip, e.location, e.reason === "late" ? text("case.late") : "", owner(e, names)]);
  if (e.kind === "aside") return join([either(has("aside." + e.reason) ? "aside." : "hospitalWhy.", e.reason === "held" ? undefined : e.reason), e.location]);
  if (e.kind === "parked") return (e.missing || []).slice(0, 3).map((m) => m.replace(/^(\w+):/, (_, kind) => either("kind.", kind) + " ")).join(", ");
  return join([e.station, e.kind === "inDoubt" || e.kind === "printFailed" ? e.reason : "", e.box]);
}

const shown = 12;

// named is how many boxes of a row stand on the page before somebody asks for more.
const named = 3;

// LeftBoxes names the boxes that a truck left without: the number on the box, where it
// was last seen and when.
function LeftBoxes(p: { e: Exception; open: (order: string) => void }) {
  const [whole, setWhole] = useState(false);
  const boxes = (p.e.boxes || []).slice(0, whole ? undefined : named);
  const more = (p.e.units || 0) - boxes.length;
  return (
    <ul class="left-boxes">
      {boxes.map((b) => (
        <li key={b.box} data-box={b.box}>
          <button type="button" class="code-button" onClick={() => p.open(b.order)}>{grouped(b.waybill || b.box)}</button>
          <small>
            {b.lastSeen || b.container ? text("lead.lastSeen", { place: join([b.container, either("place.", b.lastSeen)]) }) : text("lead.neverSeen")}
            {b.since && " \u00b7 " + clock(Date.parse(b.since))}
          </small>
        </li>
      ))}
      {more > 0 && <li>{whole ? text("lead.moreBoxes", { n: more }) : <button type="button" data-action="moreBoxes" onClick={() => setWhole(true)}>{text("lead.moreBoxes", { n: more })}</button>}</li>}
    </ul>
  );
}

// OrdersOf opens the orders that stand in one row.
function OrdersOf(p: { orders: string[]; open: (order: string) => void }) {
  const [shows, show] = useState(false);
  return (
    <div class="of-row">
      <button type="button" data-action="orders" aria-expanded={shows} onClick={() => show(!shows)}>
        {text(shows ? "lead.showLess" : "lead.list")}
      </button>
      {shows && (
        <ul class="orders-of">
          {p.orders.map((o) => (
            <li key={o} data-order={o}>
              <button type="button" class="code-button" onClick={() => p.open(o)}>{o}</button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

// ends are how a case of a kind may end: the reason that its event keeps.
const ends: { [kind: string]: string[] } = {
  uncollected: ["collected", "cameBack", "lost", "other"],
  unknownReturn: ["matched", "sentBack", "kept", "disposed", "other"],
  unknownBox: ["matched", "sentBack", "disposed", "other"],
  leftBehind: ["found", "gone", "lost", "other"],
};

// endWords is where the words of its ends stand.
const endWords = (kind: string): string => (kind === "leftBehind" ? "behindEnd." : "caseEnd.");

// CloseCase asks how the case ended before it is closed.
function CloseCase(p: { kind: string; done: (reason: string) => void }) {
  const [asks, ask] = useState(false);
  return (
    <div class={asks ? "case-close open" : "case-close"}>
      <button type="button" class="primary" data-action="caseClose" aria-expanded={asks} onClick={() => ask(!asks)}>
        {text("case.close")}
      </button>
      {asks && (
        <div class="why">
          <p>{text("case.how")}</p>
          {ends[p.kind].map((k) => (
            <button key={k} type="button" data-code={k} onClick={() => p.done(k)}>
              {text(endWords(p.kind) + k)}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

export function Troubles(p: { items: Items; open: (order: string) => void }) {
  const all = troubles(p.items);
  const names = useNames(all.map((e) => e.worker || e.by || e.owner || "").filter((w) => w !== "" && w !== "wms"));
  const [said, say] = useState("");
  const [whole, setWhole] = useState(false); // every row, not only the worst
  const close = (id: string) =>
    call("POST", "/site/v1/helps/" + encodeURIComponent(id) + "/close", {}).then(
      () => say(""),
      (e: Problem) => say(e.status === 404 ? "" : failure(e.code)),
    );
  const settle = (e: Exception, what: string, body: { [k: string]: string }) =>
    void call("POST", settleAt(e) + what, body).then(
      () => say(""),
      (x: Problem) => say(x.status === 404 ? "" : failure(x.code)),
    );
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
      {said && <p class="problem" role="alert">{said}</p>}
      <ol>
        {(whole ? all : all.slice(0, shown)).map((e) => (
          <li key={e.kind + ":" + e.id} class={"kind-" + e.kind}>
            <Shape code={shapes[e.kind] || "unknown"} />
            <div>
              <p class="head">
                {text("trouble." + e.kind, { id: e.id, units: e.units || 0, who: nameOf(e.worker || "", names) })}
                <small>{age(e.since)}</small>
              </p>
              <p class="detail">
                {detail(e, names)} <span class="todo">{"\u2192 " + todo(e, p.items)}</span>
              </p>
              {e.orders && <OrdersOf orders={e.orders} open={p.open} />}
              {e.boxes && <LeftBoxes e={e} open={p.open} />}
            </div>
            {e.order && (
              <button type="button" class="code-button" onClick={() => p.open(e.order as string)}>
                {text("desk.order", { order: e.order })}
              </button>
            )}
            {cases.indexOf(e.kind) >= 0 && !e.owner && (
              <button type="button" data-action="caseOwn" onClick={() => settle(e, "/own", {})}>
                {text("case.own")}
              </button>
            )}
            {cases.indexOf(e.kind) >= 0 && e.owner && <CloseCase kind={e.kind} done={(reason) => settle(e, "/close", { reason })} />}
            {e.kind === "help" && (
              <button type="button" class="primary" data-action="helpClose" onClick={() => void close(e.id)}>
                {text("lead.helpClose")}
              </button>
            )}
          </li>
        ))}
      </ol>
      {all.length > shown && (
        <button type="button" class="more" data-action="troubles" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? text("lead.showLess") : text("lead.showAll", { n: all.length })}
        </button>
      )}
    </section>
  );
}
