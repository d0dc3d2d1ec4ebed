// Who did what, when and why: what leads did on their pages, and what the floor did
// past a rule or by hand.

import { useEffect, useState } from "preact/hooks";
import { call, Problem } from "../http";
import { clockOf, either, failure, has, text } from "../text";
import { useLatest } from "./latest";
import { nameOf, Names } from "./trouble";

export interface AuditFilter { kind: string; who: string; order: string }
export const acts: AuditFilter = { kind: "acts", who: "", order: "" };

interface Line {
  id: string; at: string; kind: string; what: string; who?: string; lead?: string;
  order?: string; client?: string; of?: string; device?: string; source?: string; reason?: string;
}
interface Page { since: string; counting?: boolean; items: Line[]; next?: string }

const kinds = ["acts", "order", "label", "hand", "badge", "truck", "shift", "device", "restore", "session"];
const atOnce = 50;

// reasons are where the words of a reason's code stand, by the two parts of what was
// done.
const reasons: { [group: string]: { [act: string]: string } } = {
  label: { reprint: "reprint.", void: "void.", settle: "settled." },
  box: { reopen: "reopen.", aside: "aside." },
  weight: { override: "override." },
  hand: { item: "confirm.", lot: "confirm.", parcel: "confirm." },
  truck: { close: "closeLoad." },
  order: { hold: "held." },
  case: { close: "caseEnd." },
  behind: { close: "behindEnd." },
  epoch: { opened: "closed." },
  login: { refused: "loginWhy.", locked: "loginWhy." },
};
const silent = ["lead", "devices page"]; // what pages give where nobody is asked

function why(l: Line): string {
  const [group, act] = l.what.split(".");
  return silent.indexOf(l.reason || "") < 0 ? either((reasons[group] || {})[act] || "", l.reason) : "";
}

// things are what the id of a deed names, by what was done.
const things: { [group: string]: { [act: string]: string } } = {
  truck: { close: "truck" }, manifest: { print: "truck" }, behind: { own: "truck", close: "truck" },
  box: { reopen: "box", aside: "box" }, label: { reprint: "box", settle: "box", void: "waybill" }, weight: { override: "box" },
  hand: { place: "place", item: "article", lot: "lot" }, device: { enrol: "device", revoke: "device", test: "device" },
  help: { close: "call" }, case: { own: "case", close: "case" },
};

function thing(l: Line): string {
  const [group, act] = l.what.split(".");
  const kind = (things[group] || {})[act];
  return kind ? text("auditOf." + kind, { id: l.of || "" }) : l.of || "";
}

// from is where somebody did it: a device by its name; a browser that has none calls
// itself so.
function from(l: Line): string {
  if (l.device) return l.device === "browser" ? text("audit.browser") : text("audit.device", { device: l.device });
  return l.source ? text("audit.source", { source: l.source }) : "";
}

function Entry(p: { l: Line; names: Names; open: () => void; person: (id: string) => void }) {
  const { l, names } = p;
  const person = (id: string) => (
    <button type="button" class="quiet" data-who={id} onClick={() => p.person(id)}>{nameOf(id, names)}</button>
  );
  const whose = l.of && l.of !== l.order && l.of in names;
  const reason = why(l);
  return (
    <li data-what={l.what}>
      <p>
        <small>{clockOf(l.at)}</small>
        <b>{has("deed." + l.what) ? text("deed." + l.what) : l.what}</b>
        {reason && <span>{reason}</span>}
      </p>
      <p>
        {l.who ? person(l.who) : !whose && <small>{text("audit.edge")}</small>}
        {l.lead && <small>{text("audit.lead")}</small>}
        {l.lead && person(l.lead)}
        {whose ? person(l.of as string) : l.of && l.of !== l.order && <span class="code">{thing(l)}</span>}
        {l.order && <button type="button" class="code" data-order={l.order} onClick={p.open}>{l.order}</button>}
        {from(l) && <small>{from(l)}</small>}
      </p>
    </li>
  );
}

export function Audit(p: { filter: AuditFilter; set: (f: AuditFilter) => void; open: (order: string, client: string) => void }) {
  const f = p.filter;
  const [page, setPage] = useState<Page | undefined>(undefined);
  const [names, setNames] = useState<Names>({});
  const [order, setOrder] = useState(f.order);
  const [said, say] = useState("");
  const latest = useLatest();
  const read = (before: string, shown: Line[]) => {
    const q: { [k: string]: string } = { limit: String(atOnce), before, kind: f.kind, who: f.who, order: f.order };
    const path = "/site/v1/audit?" + Object.keys(q).filter((k) => q[k] !== "").map((k) => k + "=" + encodeURIComponent(q[k])).join("&");
    latest(JSON.stringify(f), call<Page>("GET", path),
      (r) => {
        say("");
        setPage(Object.assign(r, { items: shown.concat(r.items) }));
      },
      (e: Problem) => say(failure(e.code)),
    );
  };
  useEffect(() => {
    setPage(undefined); // what stood there answers another question
    read("", []);
  }, [f.kind, f.who, f.order]);
  useEffect(() => {
    const take = (items: { worker: string; name: string }[]) => setNames(items.reduce((all, w) => Object.assign(all, { [w.worker]: w.name }), {}));
    void call<{ items: { worker: string; name: string }[] }>("GET", "/site/v1/workers").then((r) => take(r.items), () => undefined);
  }, []);
  const change = (part: Partial<AuditFilter>) => p.set(Object.assign({}, f, part));
  const seek = (o: string) => o.trim() !== f.order && change({ order: o.trim() });
  const people = Object.keys(names).concat(f.who in names || f.who === "" ? [] : [f.who]).sort();
  return (
    <div id="audit">
      <h2>{text("audit.title")}</h2>
      <form class="entry" onSubmit={(e) => (e.preventDefault(), seek(order))}>
        <select name="kind" aria-label={text("audit.kind")} value={f.kind} onChange={(e) => change({ kind: (e.target as HTMLSelectElement).value })}>
          {kinds.map((k) => <option key={k} value={k}>{text("auditKind." + k)}</option>)}
        </select>
        <select name="who" aria-label={text("audit.who")} value={f.who} onChange={(e) => change({ who: (e.target as HTMLSelectElement).value })}>
          <option value="">{text("audit.everyone")}</option>
          {people.map((w) => <option key={w} value={w}>{nameOf(w, names)}</option>)}
        </select>
        <input type="search" name="order" placeholder={text("audit.order")} aria-label={text("audit.order")} value={order}
          onInput={(e) => setOrder((e.target as HTMLInputElement).value)} onBlur={(e) => seek((e.target as HTMLInputElement).value)} />
      </form>
      <p role="status">{said}</p>
      {page && page.items.length === 0 && <p class="nothing">{text("audit.none")}</p>}
      <ul class="people-list">
        {page && page.items.map((l) => (
          <Entry key={l.id} l={l} names={names} person={(who) => change({ who })} open={() => p.open(l.order as string, l.client || "")} />
        ))}
      </ul>
      {page && page.next && (
        <button type="button" class="wide" data-action="more" onClick={() => read(page.next as string, page.items)}>{text("audit.more")}</button>
      )}
      {page && !page.next && <p><small>{text(page.counting ? "audit.counting" : "audit.since", { at: clockOf(page.since) })}</small></p>}
    </div>
  );
}
