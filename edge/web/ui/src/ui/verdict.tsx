// The sign of a verdict. A good one is a frame or a flash and goes by itself;
// a refusal covers the screen until the next pull or a touch.

import type { Client, Sign } from "../client";
import { word } from "../signs";
import { alike, articleName, either, has, sayText, text, trips } from "../text";
import type { Article, Names, Screen } from "../types";
import { Broken, grouped } from "./code";
import { Inside, stopping } from "./parcel";
import { headline } from "./ask";
import { heldNeeds } from "./task";
import { Shape } from "./shapes";

const known = ["ok", "done", "wrong", "over", "duplicate", "cancelled", "hold", "unknown", "unexpected", "denied", "stale", "idReused", "notYours", "internal"];

// Side is one of the two things that a refusal sets side by side, with the end of
// its barcode where it has one.
interface Side { what: string; end?: string; code?: boolean }

const end = (code: string | undefined): string => (code && /^\d{8,}$/.test(code) ? "\u00b7\u00b7\u00b7\u00b7" + code.slice(-4) : "");

interface Known extends Article { code?: string; kind?: string }

// articles are the articles that the screen names, and the one that was refused.
function articles(s: Screen | undefined, g: Sign): Known[] {
  const all: { sku?: string; name?: Names; variant?: Names; code?: string; kind?: string }[] = s ? [...s.expect, ...(s.lines || [])] : [];
  return (all.filter((x) => x.sku && x.name) as Known[]).concat(g.article || []);
}

function article(s: Screen | undefined, g: Sign, sku: string): Side | undefined {
  const e = articles(s, g).filter((x) => x.sku === sku)[0];
  return e && { what: articleName(e), end: e.kind && e.kind !== "item" ? "" : end(e.code) };
}

// sides are what is wanted and what was scanned. Where the edge names neither, the
// scan stands beside what the screen asks for: nobody has to guess what was read.
function sides(s: Screen | undefined, g: Sign): { expected?: Side; scanned?: Side } {
  const args = g.say.args || {};
  const side = (v: string, scan?: string): Side => {
    if (/(Carrier|Vehicle)$/.test(g.say.key)) return { what: either("carrier.", v) };
    if (/Insert$/.test(g.say.key) && has("extra." + v)) return { what: text("extra." + v) };
    if (/Weight$/.test(g.say.key)) return { what: v + " g" };
    const of = article(s, g, v) || { what: grouped(v), code: true };
    return scan && end(scan) && of.what.replace(/-/g, "") !== scan ? Object.assign({}, of, { end: end(scan) }) : of;
  };
  // Too many of the right thing: the numbers differ, not the articles.
  if (g.say.key === "pick.over") return { expected: { what: text("unit.pieces", { n: args.remaining }) }, scanned: { what: text("unit.pieces", { n: args.scanned }) } };
  if (g.say.key === "load.wrongTrip") {
    const two = trips(args);
    return { expected: two.expected ? { what: two.expected } : undefined, scanned: { what: two.scanned || String(g.scanned || "") } };
  }
  const scanned = args.scanned !== undefined ? String(args.scanned) : g.scanned || "";
  if (args.expected !== undefined && args.expected !== "" && args.scanned !== undefined) return { expected: side(String(args.expected)), scanned: side(scanned, g.scanned) };
  if (!g.scanned || ["wrong", "over", "duplicate", "unknown", "unexpected"].indexOf(g.code) < 0) return {};
  const e = s && s.expect[0];
  const want = e && (e.kind === "item" ? e.sku : e.kind === "location" || e.kind === "cell" ? e.location || e.code : e.code);
  const one = !!s && s.flow !== "idle" && s.expect.length === 1 && !g.moved; // else no one thing is the right one
  return { expected: !e || !one ? undefined : want ? side(want) : { what: text(e.lot ? "paper.expiry" : "kind." + e.kind) }, scanned: side(scanned.slice(0, 24), g.scanned) };
}

function Both(p: { s: Screen | undefined; sign: Sign }) {
  const { expected, scanned } = sides(p.s, p.sign);
  if (!scanned) return null;
  const weight = /Weight$/.test(p.sign.say.key);
  const one = (title: string, x: Side) => (
    <div>
      <dt>{title}</dt>
      <dd class={(x.code ? "code" : "") + (x.what.length > 12 ? " long" : "")}>{x.code ? <Broken code={x.what} /> : x.what}</dd>
      {x.end && <dd class="code end">{x.end}</dd>}
    </div>
  );
  return (
    <dl class="both">
      {expected && one(text(weight ? "verdict.expectedWeight" : "verdict.expected"), expected)}
      {one(text(weight ? "verdict.weighed" : "verdict.scanned"), scanned)}
    </dl>
  );
}

export function SignView(p: { client: Client }) {
  const s = p.client.sign;
  if (!s) return null;
  const code = known.indexOf(s.code) >= 0 ? s.code : "unknown";
  if (code === "ok") return <div class="sign sign-ok" data-code="ok" data-key={s.say.key} />;
  const next = p.client.screen && headline(p.client.screen);
  const head = text(s.ok ? "verdict." + code : word(code, s.say.key));
  const said = sayText(s.say, articles(p.client.screen, s));
  const detail = alike(head, said) ? null : <p class="said">{said}</p>;
  if (s.ok) {
    return (
      <div class="sign sign-done" data-code={code} data-key={s.say.key} role="status">
        <Shape code={code} />
        <b>{head}</b>
        {detail}
        {next && <p class="next">{next}</p>}
      </div>
    );
  }
  const out = code === "cancelled" && p.client.screen && stopping(p.client.screen);
  return (
    <div class={"sign refusal sign-" + code} data-code={code} data-key={s.say.key} role="alert" onClick={() => p.client.dismiss()}>
      <Shape code={code} />
      <b>{head}</b>
      {detail}
      {s.say.key === "order.held" && <p class="needs" id="signNeeds">{heldNeeds(String((s.say.args || {}).reason || ""))}</p>}
      <Both s={p.client.screen} sign={s} />
      {out && p.client.screen && <Inside s={p.client.screen} order={out.order} />}
      {p.client.more.length > 0 && <p class="more">{text("verdict.more", { n: p.client.more.length })}</p>}
      {p.client.mustAck() ? (
        <button type="button" class="ack" id="ack" disabled={!p.client.mayAct("ack")}
          onClick={(e) => {
            e.stopPropagation();
            p.client.act("ack");
          }}>
          {text("action.ack")}
        </button>
      ) : (
        <p class="go">{text(/Weight$/.test(s.say.key) ? "verdict.goWeight" : "verdict.go")}</p>
      )}
    </div>
  );
}

const notesShown = 2;

export function Notes(p: { client: Client }) {
  const rest = p.client.notes.length - notesShown;
  if (p.client.notes.length === 0) return null;
  return (
    <div class="notes" role="status">
      {p.client.notes.slice(-notesShown).map((n) => (
        <p key={n.n} data-key={n.say.key}>
          <Shape code={n.say.key.indexOf("help.") === 0 ? "ok" : n.code === "ok" ? "hold" : n.code} />
          {sayText(n.say)}
        </p>
      ))}
      {rest > 0 && <p data-key="more">{text("verdict.more", { n: rest })}</p>}
    </div>
  );
}
