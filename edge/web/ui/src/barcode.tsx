// The installer's page: type or scan a code, see what the system makes of it.
// A scan into the page is read by the keys' places, as the work screens do; one
// into the box comes as this device's keyboard writes it, damage and all.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Client } from "./client";
import { call, Problem } from "./http";
import "./style/base.css";
import "./style/barcode.css";
import { either, setLanguage, text } from "./text";
import { LanguageRow, Login } from "./ui/login";
import { Shape } from "./ui/shapes";

interface Answer {
  input: string; ok: boolean; kind?: string; symbology?: string; message?: string; gtin?: string;
  elements?: { ai: string; value: string }[];
  carrier?: string; number?: string; repaired?: string; warnings?: string[];
  error?: { code: string; of?: string; ai?: string; at: number; detail: string };
  alsoGTIN?: string; alsoWaybill?: string[]; lastGoodDay?: string; lastGoodTime?: string; hint?: { code: string; as: string; ai?: string; at: number };
  candidate?: { code: string; cause: string };
  carriers?: string[];
  site?: { kind: string; id: string; client?: string; quantity?: number }[];
}

interface Asked { n: number; with: string; answer?: Answer; problem?: string }

const ways = ["auto", "scan", "message", "bracketed", "digital-link", "gtin", "ean13", "ean8", "upca", "upce", "itf14", "sscc", "gln", "waybill"];
const carriers = ["cj", "hanjin", "lotte", "logen", "koreapost", "yamato", "sagawa", "japanpost", "ups", "fedex", "usps", "dhl", "s10"];
const kept = 20;

// names of the control characters, as every manual has them.
const names = "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(" ");

// visible writes what cannot be seen: control characters by name (few fonts have their
// pictures), invisible ones and those that turn the order of writing by number.
function visible(s: string): string {
  return s.replace(/[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (c) => {
    const n = c.charCodeAt(0);
    return c === " " ? "\u2423" : n < 32 ? "<" + names[n] + ">" : n === 127 ? "<DEL>" : "<U+" + ("000" + n.toString(16).toUpperCase()).slice(-4) + ">";
  });
}

const most = 8192; // bytes of a code that the edge reads
const shown = 160; // characters of it on the page, so that the answer stays in sight

function Code(p: { value: string }) {
  const all = Array.from(p.value);
  if (all.length <= shown) return <>{visible(p.value)}</>;
  return <>{visible(all.slice(0, shown).join(""))}… <small>{text("codes.all", { n: all.length })}</small></>;
}

function Row(p: { name: string; value?: string }) {
  if (!p.value) return null;
  return (
    <tr>
      <th>{text(p.name)}</th>
      <td class="mono"><Code value={p.value} /></td>
    </tr>
  );
}

function Fault(p: { a: Answer; with: string }) {
  const e = p.a.error;
  if (!e) return null;
  // The place is in bytes behind the identifier: people count characters, from the first.
  const code = e.of === "with" ? p.with : p.a.input;
  const bytes = new TextEncoder().encode(code);
  const front = /^\][A-Za-z][0-9A-Za-z]/.test(code) ? 3 : code.charAt(0) === "^" ? 1 : 0;
  const chars = (n: number) => Array.from(new TextDecoder().decode(bytes.slice(0, n))).length;
  return (
    <p class="fault" data-code={e.code}>
      {e.of && text(e.of === "with" ? "codes.of.with" : "codes.of.input") + " "}<b>{either("codeFault.", e.code)}</b> {e.code !== "tooLarge" && text("codes.at", { at: Math.min(chars(front + e.at) + 1, chars(bytes.length)), of: chars(bytes.length) })} {e.ai && "(" + e.ai + ")"} <small class="mono">{e.code}</small>
      {e.code === "checkDigit" && <span class="hint"> {text("codes.scanAgain")}</span>}
    </p>
  );
}

function Told(p: { x: Asked }) {
  const a = p.x.answer;
  if (!a) return <li class="told"><p class="fault">{p.x.problem}</p></li>;
  const unknown = a.ok && a.kind === "unknown" && !(a.site || []).length;
  return (
    <li class="told" data-kind={a.kind || ""} data-ok={a.ok ? "yes" : "no"} data-repaired={a.repaired || ""}>
      <Shape code={!a.ok ? "wrong" : unknown ? "unknown" : "done"} />
      <div>
        <p class="input mono"><Code value={a.input} /></p>
        {(!a.ok || a.kind !== "unknown" || unknown) && <p class="kind">{a.ok ? text("codeKind." + a.kind) : text("codes.refused")}</p>}
        <Fault a={a} with={p.x.with} />
        {a.repaired && <p class="hint">{text("codes.repaired", { cause: text("codeRepair." + a.repaired) })}</p>}
        {(a.warnings || []).map((w) => <p class="warning">{either("codeFault.", w)}</p>)}
        {a.candidate && <p class="hint">{text("codes.candidate", { code: visible(a.candidate.code), cause: text("codeRepair." + a.candidate.cause) })}</p>}
        {a.alsoWaybill && <p class="hint also">{text("codes.alsoWaybill", { carriers: a.alsoWaybill.map((c) => either("carrier.", c)).join(", ") })}</p>}
        {a.hint && a.kind !== "waybill" && !(a.hint.as === "waybill" && a.hint.code === "carrierUnknown") && <p class="hint">{a.hint.as === "auto" ? either("codeFault.", a.hint.code) : text("codes.nearly", { as: either("codeAs.", a.hint.as), fault: either("codeFault.", a.hint.code) })}</p>}
        {a.ok && a.kind === "gtin" && !(a.site || []).length && <p class="hint nothere">{text("codes.notHere")}</p>}
        {(a.site || []).map((s) => (
          <p class="site">
            <b>{text("codes.here", { kind: either("kind.", s.kind), id: s.id })}</b> {s.client} {s.quantity && s.quantity > 1 ? text("codes.pieces", { n: s.quantity }) : ""}
          </p>
        ))}
        <table>
          <tbody>
            <Row name="codes.gtin" value={a.gtin} />
            <Row name="codes.alsoGTIN" value={a.alsoGTIN} />
            <Row name="codes.lastGoodDay" value={a.lastGoodDay && a.lastGoodDay + (a.lastGoodTime ? " " + a.lastGoodTime : "")} />
            <Row name="codes.number" value={a.number} />
            <Row name="codes.symbology" value={a.symbology} />
            <Row name="codes.message" value={a.message} />
            {(a.elements || []).map((e) => (
              <tr>
                <th class="mono">{"(" + e.ai + ")"}</th>
                <td class="mono"><Code value={e.value} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </li>
  );
}

function Page(p: { client: Client }) {
  const [input, setInput] = useState("");
  const [as, setAs] = useState("auto");
  const [carrier, setCarrier] = useState("");
  const [first, setFirst] = useState("");
  const [own, setOwn] = useState(carriers);
  const [list, setList] = useState<Asked[]>([]);
  const ask = (code: string) => {
    if (code === "") return;
    const n = Date.now();
    const add = (x: Asked) => setList((l) => [x].concat(l).slice(0, kept));
    if (new TextEncoder().encode(code).length > most) { // cut short it would be another code
      add({ n, with: "", answer: { input: code, ok: false, error: { code: "tooLarge", at: 0, detail: "" } } });
      return;
    }
    call<Answer>("POST", "/site/v1/barcode", { input: code, as, carrier, with: first }).then(
      (answer) => {
        add({ n, with: first, answer });
        if (answer.carriers) setOwn(answer.carriers);
        setFirst("");
      },
      (e: Problem) => (e.status === 401 ? p.client.expire("login.expired") : add({ n, with: first, problem: text("codes.failed", { code: e.code }) })),
    );
  };
  useEffect(() => {
    p.client.onScan = (code) => ask(code);
    return () => {
      p.client.onScan = undefined;
    };
  });
  const go = (e: Event) => {
    e.preventDefault();
    ask(input);
    setInput("");
  };
  const pick = (set: (v: string) => void) => (e: Event) => set((e.target as HTMLSelectElement).value);
  return (
    <div class="codes">
      <header>
        <h1>{text("codes.title")}</h1>
        <LanguageRow onChange={() => p.client.changed()} />
      </header>
      <p class="hint">{text("codes.how")}</p>
      <form onSubmit={go}>
        <input id="code" value={input} autocomplete="off" spellcheck={false} placeholder={text("codes.input")} aria-label={text("codes.input")}
          onInput={(e) => setInput((e.target as HTMLInputElement).value)} />
        <select id="as" value={as} aria-label={text("codes.as")} onChange={pick(setAs)}>
          {ways.map((w) => <option key={w} value={w}>{either("codeAs.", w)}</option>)}
        </select>
        <select id="carrier" value={carrier} aria-label={text("codes.carrier")} onChange={pick(setCarrier)}>
          <option value="">{text("codes.carrier")}</option>
          {own.map((c) => <option key={c} value={c}>{either("carrier.", c)}</option>)}
        </select>
        <button type="submit" class="primary">{text("codes.ask")}</button>
      </form>
      {first !== "" && (
        <p class="with">
          {text("codes.with")} <span class="mono"><Code value={first} /></span> <button type="button" onClick={() => setFirst("")}>{text("codes.withEnd")}</button>
        </p>
      )}
      {first === "" && list.length > 0 && list[0].answer && list[0].answer.ok && (list[0].answer.kind === "gs1" || list[0].answer.kind === "gtin") && (
        <p class="with"><button type="button" id="with" onClick={() => setFirst((list[0].answer as Answer).input)}>{text("codes.withBegin")}</button></p>
      )}
      <ol aria-live="polite">{list.map((x) => <Told key={x.n} x={x} />)}</ol>
      <footer>
        <button type="button" onClick={() => location.assign("/lead")}>{text("home.lead")}</button>
        <button type="button" onClick={() => void p.client.logout()}>{text("menu.logout")}</button>
      </footer>
    </div>
  );
}

function start(): void {
  const root = document.getElementById("app") as HTMLElement;
  setLanguage();
  const client = new Client(draw, () => false);
  function draw(): void {
    document.title = text("codes.title");
    document.documentElement.setAttribute("data-phase", client.phase);
    const s = client.session;
    if (client.phase === "login") render(<Login client={client} pinAlways />, root);
    else if (client.phase === "work" && s && s.worker.roles.some((r) => r === "lead" || r === "admin")) render(<Page client={client} />, root);
    else if (client.phase === "work") {
      render(
        <main class="login">
          <div class="center">
            <h1>{text("lead.notLead")}</h1>
            <button type="button" class="primary wide" onClick={() => void client.logout()}>{text("menu.logout")}</button>
          </div>
        </main>, root);
    }
  }
  draw();
  void client.begin();
}

start();
