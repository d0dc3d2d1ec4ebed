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
  error?: { code: string; ai?: string; at: number; detail: string };
  alsoGTIN?: string; lastGoodDay?: string; hint?: { code: string; as: string; ai?: string; at: number };
  candidate?: { code: string; cause: string };
  carriers?: string[];
  site?: { kind: string; id: string; client?: string; quantity?: number }[];
}

interface Asked { n: number; answer?: Answer; problem?: string }

const ways = ["auto", "scan", "message", "bracketed", "digital-link", "gtin", "ean13", "ean8", "upca", "upce", "itf14", "sscc", "gln", "waybill"];
const carriers = ["cj", "hanjin", "lotte", "logen", "koreapost", "yamato", "sagawa", "japanpost", "ups", "fedex", "usps", "dhl", "s10"];
const kept = 20;

// visible writes control characters with their pictures; a separator as <GS>, as every
// manual does.
function visible(s: string): string {
  return s.replace(/[\x00-\x20\x7f]/g, (c) => (c === "\x1d" ? "<GS>" : c === " " ? "\u2423" : c === "\x7f" ? "\u2421" : String.fromCharCode(0x2400 + c.charCodeAt(0))));
}

function Row(p: { name: string; value?: string }) {
  if (!p.value) return null;
  return (
    <tr>
      <th>{text(p.name)}</th>
      <td class="mono">{visible(p.value)}</td>
    </tr>
  );
}

function Fault(p: { a: Answer }) {
  const e = p.a.error;
  if (!e) return null;
  // The place is in bytes behind the identifier: people count characters, from the first.
  const bytes = new TextEncoder().encode(p.a.input);
  const front = /^\][A-Za-z][0-9A-Za-z]/.test(p.a.input) ? 3 : p.a.input.charAt(0) === "^" ? 1 : 0;
  const chars = (n: number) => Array.from(new TextDecoder().decode(bytes.slice(0, n))).length;
  return (
    <p class="fault" data-code={e.code}>
      <b>{either("codeFault.", e.code)}</b> {text("codes.at", { at: Math.min(chars(front + e.at) + 1, chars(bytes.length)), of: chars(bytes.length) })} {e.ai && "(" + e.ai + ")"} <small class="mono">{e.code}</small>
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
        <p class="input mono">{visible(a.input)}</p>
        {(!a.ok || a.kind !== "unknown" || unknown) && <p class="kind">{a.ok ? text("codeKind." + a.kind) : text("codes.refused")}</p>}
        <Fault a={a} />
        {a.repaired && <p class="hint">{text("codes.repaired", { cause: text("codeRepair." + a.repaired) })}</p>}
        {(a.warnings || []).map((w) => <p class="hint">{either("codeFault.", w)}</p>)}
        {a.candidate && <p class="hint">{text("codes.candidate", { code: visible(a.candidate.code), cause: text("codeRepair." + a.candidate.cause) })}</p>}
        {a.hint && <p class="hint">{text("codes.nearly", { as: either("codeAs.", a.hint.as), fault: either("codeFault.", a.hint.code) })}</p>}
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
            <Row name="codes.lastGoodDay" value={a.lastGoodDay} />
            <Row name="codes.number" value={a.number} />
            <Row name="codes.symbology" value={a.symbology} />
            <Row name="codes.message" value={a.message} />
            {(a.elements || []).map((e) => (
              <tr>
                <th class="mono">{"(" + e.ai + ")"}</th>
                <td class="mono">{visible(e.value)}</td>
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
    call<Answer>("POST", "/site/v1/barcode", { input: code, as, carrier, with: first }).then(
      (answer) => {
        add({ n, answer });
        if (answer.carriers) setOwn(answer.carriers);
        setFirst("");
      },
      (e: Problem) => (e.status === 401 ? p.client.expire("login.expired") : add({ n, problem: text("codes.failed", { code: e.code }) })),
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
        <input id="code" value={input} autocomplete="off" spellcheck={false} maxLength={8192} placeholder={text("codes.input")} aria-label={text("codes.input")}
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
          {text("codes.with")} <span class="mono">{visible(first)}</span> <button type="button" onClick={() => setFirst("")}>{text("codes.withEnd")}</button>
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
