// The drawer: a list of orders behind a number, and one order's story with
// what a lead may do to it.

import { useEffect, useState } from "preact/hooks";
import { call, Problem } from "../http";
import { newID } from "../id";
import { either, failure, nameIn, text } from "../text";
import { clock, cutoff } from "../time";
import type { Names as LanguageNames } from "../types";
import { Shape } from "../ui/shapes";
import { useLatest, useRenewed } from "./latest";
import { heldBy, nameOf, Names, useNames } from "./trouble";
import { age } from "./words";

export interface Find { stage?: string; carrier?: string; held?: boolean; find?: string }

interface OrderLine { id: string; sku: string; location?: string; wanted: number; picked?: number; short?: number; packed?: number }
interface Order {
  id: string; client: string; carrier: string; cutoff?: string; priority?: number; received: string; stage: string; held?: string;
  totes?: string[]; boxes?: string[]; lines: OrderLine[]; missing?: string[];
  consolidate?: string; joined?: string[]; heldOf?: string;
}
interface Box { id: string; n: number; waybill?: string; voided?: string[]; attempts?: string[]; bound?: string; stale?: string; truck?: string; shipped?: boolean; closed?: boolean; by?: string; station?: string; boundAt?: string; at?: string }
interface Article { name?: LanguageNames; variant?: LanguageNames }
interface Story {
  order: Order; boxes: Box[]; recipient?: { name: string; phone: string; address: string }; heldBy?: string;
  articles?: { [sku: string]: Article };
}

// articleName is an article as people know it.
function articleName(story: Story, sku: string): string {
  const a = story.articles && story.articles[sku];
  return a ? [nameIn(a.name), nameIn(a.variant)].filter((x) => !!x).join(" ") : "";
}

// packedBy is who packed a box, where and when, and when it left.
function packedBy(b: Box, names: Names): string {
  const at = (time: string | undefined, what: string) => (time ? text("stage." + what) + " " + clock(Date.parse(time)) : "");
  return [b.station && text("idle.station", { station: b.station }), b.by && nameOf(b.by, names), at(b.boundAt, "packed"), b.shipped ? at(b.at, "shipped") : ""].filter((x) => !!x).join(" \u00b7 ");
}

const page = 50;

function query(f: Find, after: string): string {
  const q = new URLSearchParams({ limit: String(page) });
  if (f.stage) q.set("stage", f.stage);
  if (f.carrier) q.set("carrier", f.carrier);
  if (f.held) q.set("held", "true");
  if (f.find) q.set("find", f.find);
  if (after) q.set("after", after);
  return "/site/v1/orders?" + q.toString();
}

function title(f: Find): string {
  const parts = [f.find || "", f.carrier ? either("carrier.", f.carrier) : "", f.stage ? text("stage." + f.stage) : "", f.held ? text("lead.hold") : ""];
  return parts.filter((x) => x !== "").join(" · ") || text("lead.orders");
}

export function List(p: { f: Find; open: (order: string, client: string) => void }) {
  const [rows, set] = useState<Order[] | undefined>(undefined);
  const [more, setMore] = useState(false);
  const [problem, setProblem] = useState("");
  const latest = useLatest();
  const question = JSON.stringify(p.f);
  const read = (have: Order[]) =>
    latest(question, call<{ items: Order[] }>("GET", query(p.f, have.length > 0 ? have[have.length - 1].id : "")),
      (r) => {
        setProblem("");
        const all = have.concat(r.items);
        if (p.f.find && all.length === 1) p.open(all[0].id, all[0].client);
        set(all);
        setMore(r.items.length === page);
      },
      (e: Problem) => setProblem(failure(e.code)),
    );
  useEffect(() => {
    set(undefined); // what stood there answers another question
    setMore(false);
    read([]);
  }, [question]);
  return (
    <div>
      <h2>{title(p.f)}</h2>
      {problem && <p class="problem">{problem}</p>}
      {rows && rows.length === 0 && <p class="nothing">{text("lead.nothingFound")}</p>}
      <ul class="orders">
        {(rows || []).map((o) => {
          const c = cutoff(o.cutoff);
          return (
            <li key={o.client + o.id}>
              <button type="button" onClick={() => p.open(o.id, o.client)}>
                <b class="code whole">{o.id}</b>
                <span>{text("stage." + o.stage)}</span>
                <span>{either("carrier.", o.carrier)}</span>
                <span>{c ? c.at : ""}</span>
                {o.held && <Shape code="hold" />}
              </button>
            </li>
          );
        })}
      </ul>
      {more && (
        <button type="button" onClick={() => read(rows || [])}>
          {text("lead.showMore")}
        </button>
      )}
    </div>
  );
}

const holdReasons = ["lead", "address", "customer", "payment", "stock", "duplicate"];

// apart: whether the order may still be packed apart from those it goes with.
function apart(o: Order): boolean {
  return !!o.consolidate && (o.boxes || []).length === 0 && o.lines.every((l) => !l.packed);
}

function Acts(p: { o: Order; done: () => void }) {
  const { o } = p;
  const [said, say] = useState("");
  const [why, setWhy] = useState(false);
  const over = o.stage === "shipped" || o.stage === "cancelled";
  const write = (what: string, body: { [k: string]: unknown }) =>
    call("POST", "/site/v1/orders/" + encodeURIComponent(o.id) + "/" + what, Object.assign({ id: newID(), client: o.client }, body)).then(
      () => {
        say(text("lead.doneOK"));
        setWhy(false);
        p.done();
      },
      (e: Problem) => say(failure(e.code)),
    );
  if (over) return null;
  return (
    <div class="acts">
      {o.held ? (
        <button type="button" class="primary" data-action="release" onClick={() => void write("release", {})}>
          {text(o.held === "short" || o.held === "shortWait" ? "lead.shipPart" : "lead.release")}
        </button>
      ) : (
        <button type="button" data-action="hold" onClick={() => setWhy(!why)}>
          {text("lead.hold")}
        </button>
      )}
      <button type="button" data-action="expedite" onClick={() => void write("expedite", { priority: 100 })}>
        {text("lead.expedite")}
      </button>
      {apart(o) && (
        <button type="button" data-action="split" onClick={() => void write("split", {})}>
          {text("lead.split")}
        </button>
      )}
      {why && (
        <div class="why">
          <p>{text("lead.holdWhy")}</p>
          {holdReasons.map((k) => (
            <button key={k} type="button" data-code={k} onClick={() => void write("hold", { reason: k })}>
              {text("held." + k)}
            </button>
          ))}
        </div>
      )}
      <p role="status">{said}</p>
    </div>
  );
}

// OrderStory reads again when mark changes: what the board says of the order.
export function OrderStory(p: { id: string; client: string; mark: string; back?: () => void }) {
  const path = "/site/v1/orders/" + encodeURIComponent(p.id) + (p.client ? "?client=" + encodeURIComponent(p.client) : "");
  const { got: story, problem, read } = useRenewed<Story>(path, p.mark);
  const names = useNames(story ? story.boxes.map((b) => b.by || "").concat(story.heldBy && story.heldBy !== "wms" ? story.heldBy : "").filter((w) => w !== "") : []);
  const o = story && story.order;
  const c = o && cutoff(o.cutoff);
  return (
    <div class="story">
      {p.back && (
        <button type="button" class="quiet back" onClick={p.back}>
          {"\u2190 " + text("ui.back")}
        </button>
      )}
      <h2 class="code">{p.id}</h2>
      {problem && <p class="problem">{problem.status === 404 ? text("lead.nothingFound") : failure(problem.code)}</p>}
      {o && story && (
        <div>
          <p class="facts">
            <b>{text("stage." + o.stage)}</b>
            <span>{either("carrier.", o.carrier)}</span>
            {c && <span>{text("lead.cutoff", { at: c.at })}</span>}
            {!!o.priority && <span>{text("lead.priority", { n: o.priority })}</span>}
            <span>{text("lead.ago", { time: age(o.received) })}</span>
          </p>
          {o.held && (
            <p class="held-line">
              <Shape code="hold" /> {text("say.order.held", { order: o.id, reason: either("held.", o.held) })} {heldBy(story.heldBy, names)}
              {o.heldOf && <span> {text("lead.duplicateOf", { order: o.heldOf })}</span>}
            </p>
          )}
          {!!o.joined && o.joined.length > 1 && <p class="joined">{text("lead.together", { orders: o.joined.join(", ") })}</p>}
          <Acts o={o} done={read} />
          {story.recipient && (
            <p class="recipient">
              {story.recipient.name} <span class="code">{story.recipient.phone}</span> {story.recipient.address}
            </p>
          )}
          {story.boxes.map((b) => (
            <p key={b.id} class="box-line">
              <b class="code">{b.id}</b> {b.waybill && <span class="code">{text("lead.waybill", { waybill: b.waybill })}</span>}{" "}
              {!!b.attempts && b.attempts.length > 1 && <span>{text("lead.reprints", { n: b.attempts.length })}</span>}{" "}
              {b.truck && <span>{text("lead.onTruck", { truck: b.truck })}</span>}
              {b.stale && <b class="late">{text("lead.oldLabel")}</b>} <small>{packedBy(b, names)}</small>
            </p>
          ))}
          {(o.totes || []).length > 0 && <p class="code">{(o.totes || []).join("  ")}</p>}
          <ul class="order-lines">
            {o.lines.map((l) => (
              <li key={l.id} class={(l.picked || 0) >= l.wanted ? "finished" : ""}>
                <span class="code">{l.location}</span>
                <span>
                  {articleName(story, l.sku)} <span class="code">{text("lead.line", { sku: l.sku, picked: l.picked || 0, wanted: l.wanted })}</span>
                </span>
                {!!l.short && <b class="late">{text("lead.short", { n: l.short })}</b>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
