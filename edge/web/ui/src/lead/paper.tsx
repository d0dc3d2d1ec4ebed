// Work by paper while scanners are down: pick lists are printed, and what was
// done by them is entered later, held to what scans are held to.

import { useState } from "preact/hooks";
import { call, Problem } from "../http";
import { newID } from "../id";
import { either, failure, language, nameIn, sayText, text } from "../text";
import { clock, lastAt, stamp } from "../time";
import type { Names, Verdict } from "../types";
import { Bars } from "./bars";

interface Line { line: string; sku: string; name?: Names; variant?: Names; location?: string; quantity: number; barcode?: string; capture?: string[] }
interface Order { order: string; client: string; carrier?: string; cutoff?: string; totes?: string[]; label?: boolean; lines: Line[] }
interface Printed { printed: string; by: string; sent: number; items: Order[]; left?: { order: string; why: string }[] }

const value = (set: (v: string) => void) => (e: Event) => set((e.target as HTMLInputElement).value);

function Page(p: { o: Order; printed: string }) {
  const { o } = p;
  return (
    <article class="pick-page">
      <header>
        <h3>{text("paper.list")} {o.order}</h3>
        <Bars code={o.order} />
        <p>
          {either("carrier.", o.carrier)} {o.cutoff && text("paper.cutoff", { time: clock(Date.parse(o.cutoff)) })} {(o.totes || []).join(" ")}
          <small> {text("paper.printed", { time: clock(Date.parse(p.printed)) })}</small>
        </p>
        <p>{text("paper.fields")}</p>
        {o.label && <p><b>{text("paper.labelFirst")}</b></p>}
      </header>
      <table>
        <thead>
          <tr>
            {["paper.line", "kind.location", "kind.item", "", "manifest.pieces", "paper.quantity"].map((k) => <th key={k}>{k && text(k)}</th>)}
          </tr>
        </thead>
        <tbody>
          {o.lines.map((l) => (
            <tr key={l.line}>
              <td>{l.line}</td>
              <td><b>{l.location}</b></td>
              <td>{nameIn(l.name)} {nameIn(l.variant)}<br /><small>{l.sku} {(l.capture || []).map((c) => either("paper.", c) + " ______").join(" ")}</small></td>
              <td>{l.barcode && <Bars code={l.barcode} />}<small>{l.barcode}</small></td>
              <td><b>{l.quantity}</b></td>
              <td class="box-to-fill" />
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  );
}

function Print() {
  const [orders, setOrders] = useState("");
  const [client, setClient] = useState("");
  const [next, setNext] = useState("10");
  const [hold, setHold] = useState(true);
  const [got, set] = useState<Printed | undefined>(undefined);
  const [said, say] = useState("");
  const go = (e: Event) => {
    e.preventDefault();
    const named = orders.split(/[\s,]+/).filter((x) => x !== "");
    const want = named.length > 0 ? { orders: named, client: client.trim() || undefined } : { next: Number(next) || 1 };
    call<Printed>("POST", "/site/v1/paper", Object.assign({ id: newID(), hold, print: language() }, want)).then(
      (r) => {
        set(r);
        say(r.sent > 0 ? text("paper.sent", { n: r.sent }) : text("paper.ready", { n: r.items.length }));
      },
      (x: Problem) => say(failure(x.code)),
    );
  };
  return (
    <section>
      <form class="entry" onSubmit={go}>
        <label>
          {text("paper.orders")}
          <input name="orders" value={orders} onInput={value(setOrders)} />
        </label>
        {got && (got.left || []).some((l) => l.why === "clients") && (
          <label>
            {text("paper.client")}
            <input name="client" value={client} onInput={value(setClient)} />
          </label>
        )}
        <label>
          {text("paper.next")}
          <input name="next" type="number" min={1} max={100} value={next} onInput={value(setNext)} />
        </label>
        <label class="tick">
          <input type="checkbox" checked={hold} onChange={() => setHold(!hold)} /> {text("paper.hold")}
        </label>
        <button type="submit" class="primary wide">{text("paper.print")}</button>
      </form>
      <p role="status">{said}</p>
      {got && (got.left || []).map((l) => <p key={l.order}>{"\u25b2 " + l.order + " \u00b7 " + text("paperWhy." + l.why)}</p>)}
      {got && got.items.length > 0 && (
        <button type="button" class="wide" onClick={() => window.print()}>{text("paper.page")}</button>
      )}
      {got && <div class="print-page">{got.items.map((o) => <Page key={o.order} o={o} printed={got.printed} />)}</div>}
    </section>
  );
}

interface Entered { quantity: string; missing: string; lot: string; expiry: string; serials: string }
const nothing: Entered = { quantity: "", missing: "", lot: "", expiry: "", serials: "" };
const cells: (keyof Entered)[] = ["quantity", "missing", "lot", "expiry", "serials"];

// say of an entry that does not fit names its lines: {"lines": 1, "line:1": "over"}.
function faults(v: Verdict): string {
  const args = v.say.args || {};
  return Object.keys(args).filter((k) => k.indexOf("line:") === 0).map((k) => text("paper.line") + " " + k.slice(5) + ": " + either("paperFault.", String(args[k]))).join(", ");
}

function Enter() {
  const [head, setHead] = useState<{ [k: string]: string }>({ order: "", by: "", at: "", reason: "", tote: "", waybill: "" });
  const [lines, setLines] = useState<{ [line: string]: Entered }>({ "1": nothing });
  const [client, setClient] = useState(""); // whose order it is: nobody writes it on paper
  const [clients, setClients] = useState<string[]>([]); // those that have an order of this id, where they are several
  const [id, renew] = useState(newID());
  const [said, say] = useState("");
  const change = (line: string, k: keyof Entered, v: string) => setLines(Object.assign({}, lines, { [line]: Object.assign({}, lines[line], { [k]: v }) }));
  const lineOf = (line: string) => {
    const l = lines[line];
    const serials = l.serials.split(/[\s,]+/).filter((x) => x !== "");
    return { line, quantity: Number(l.quantity) || 0, missing: Number(l.missing) || undefined, lot: l.lot || undefined, expiry: l.expiry || undefined, serials: serials.length > 0 ? serials : undefined };
  };
  const whose = (order: string) =>
    call<{ items: { id: string; client: string }[] }>("GET", "/site/v1/orders?limit=1000&find=" + encodeURIComponent(order)).then((r) => {
      setClients(r.items.filter((o) => o.id === order).map((o) => o.client));
      say(failure("clientNeeded"));
    }, (x: Problem) => say(failure(x.code)));
  const find = (order: string, of?: string) => {
    setClient("");
    if (of === undefined) setClients([]);
    return call<{ order: { client?: string; lines?: { id: string }[] } }>("GET", "/site/v1/orders/" + encodeURIComponent(order) + (of ? "?client=" + encodeURIComponent(of) : "")).then((r) => {
      setClient(r.order.client || "");
      say("");
      const all: { [line: string]: Entered } = {};
      (r.order.lines || []).forEach((l) => (all[l.id] = nothing));
      if (Object.keys(all).length > 0) setLines(all);
    }, (x: Problem) => x.code === "clientNeeded" ? void whose(order) : say(failure(x.code)));
  };
  const go = (e: Event) => {
    e.preventDefault();
    const body = { id, order: head.order.trim(), client: client || undefined, by: head.by.trim(), at: stamp(lastAt(head.at)), reason: head.reason, tote: head.tote || undefined, waybill: head.waybill || undefined, lines: Object.keys(lines).map(lineOf) };
    call<Verdict>("POST", "/site/v1/manual", body).then(
      (v) => {
        renew(newID()); // a refused entry is a fact too: the next one is another
        say((v.ok ? "\u2713 " : "\u2715 ") + sayText(v.say) + (v.ok ? "" : " " + faults(v)));
        if (v.ok) setHead(Object.assign({}, head, { order: "", tote: "", waybill: "" }));
      },
      (x: Problem) => say(failure(x.code)),
    );
  };
  const field = (k: string, type: string, must: boolean) => (
    <label key={k}>
      {text("paper." + k)}
      <input name={k} type={type} required={must} autocomplete="off" value={head[k]} onInput={value((v) => setHead(Object.assign({}, head, { [k]: v })))} onBlur={(e) => k === "order" && (e.target as HTMLInputElement).value !== "" && void find((e.target as HTMLInputElement).value.trim())} />
    </label>
  );
  return (
    <form class="entry" onSubmit={go} id="paper-entry">
      <h3>{text("paper.enter")}</h3>
      {field("order", "text", true)}
      {clients.length > 1 && (
        <label>
          {text("paper.client")}
          <select name="client" required value={client} onChange={(e) => void find(head.order.trim(), (e.target as HTMLSelectElement).value)}>
            <option value="" />
            {clients.map((c) => <option key={c} value={c}>{c}</option>)}
          </select>
        </label>
      )}
      <div class="entry-lines">
        <b>{text("paper.line")}</b>
        {cells.map((c) => <b key={c}>{text("paper." + c)}</b>)}
        {Object.keys(lines).map((line) => [
          <span key={line}>{line}</span>,
          ...cells.map((c) => <input key={line + c} name={c + "-" + line} aria-label={text("paper." + c) + " " + line} value={lines[line][c]} onInput={value((v) => change(line, c, v))} />),
        ])}
      </div>
      {field("tote", "text", false)}
      {field("waybill", "text", false)}
      {field("by", "text", true)}
      {field("at", "time", true)}
      {field("reason", "text", true)}
      <button type="submit" class="primary wide">{text("paper.book")}</button>
      <p role="status">{said}</p>
    </form>
  );
}

export function Paper() {
  return (
    <div id="paper">
      <h2>{text("paper.title")}</h2>
      <Print />
      <Enter />
    </div>
  );
}
