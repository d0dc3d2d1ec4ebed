// Temporary badges: for people whom the WMS does not know yet. A badge's code is
// told once: it is printed now or given anew.

import { useState } from "preact/hooks";
import { call, Problem } from "../http";
import { failure, text } from "../text";
import { clock } from "../time";
import { Bars } from "./bars";
import { Items, values } from "./board";
import { useRenewed } from "./latest";

interface Guest { id: string; name?: string; roles: string[]; until: string; by: string; loggedIn?: boolean }
interface Given { id: string; name?: string; badge: string; pin?: string; until: string }

const roles = ["picker", "packer", "loader", "returns"];
const atOnce = 10; // badges of one print
const maxBadges = 200;

function Ask(p: { given: (list: Given[]) => void }) {
  const [names, setNames] = useState("");
  const [n, setN] = useState(1);
  const [of, setOf] = useState(["picker"]);
  const [language, setLanguage] = useState("ko");
  const [said, say] = useState("");
  const go = (e: Event) => {
    e.preventDefault();
    const list = names.split("\n").map((x) => x.trim()).filter((x) => x !== "");
    const body = { names: list.length > 0 ? list : undefined, count: Math.max(n, list.length), roles: of, language };
    call<{ items: Given[] }>("POST", "/site/v1/badges", body).then(
      (r) => {
        say("");
        setNames("");
        setN(1);
        p.given(r.items);
      },
      (x: Problem) => say(failure(x.code)),
    );
  };
  const flip = (r: string) => setOf(of.indexOf(r) >= 0 ? of.filter((x) => x !== r) : of.concat(r));
  return (
    <form class="entry" onSubmit={go}>
      <label>
        {text("badges.names")}
        <textarea rows={3} name="names" value={names} onInput={(e) => setNames((e.target as HTMLTextAreaElement).value)} />
      </label>
      <label>
        {text("badges.count")}
        <input type="number" name="count" min={1} max={maxBadges} value={n} onInput={(e) => setN(Number((e.target as HTMLInputElement).value) || 1)} />
      </label>
      <div class="choice" role="group" aria-label={text("badges.roles")}>
        {roles.map((r) => (
          <button key={r} type="button" class={of.indexOf(r) >= 0 ? "on" : ""} aria-pressed={of.indexOf(r) >= 0} onClick={() => flip(r)}>
            {of.indexOf(r) >= 0 ? "\u2713 " : ""}{text("role." + r)}
          </button>
        ))}
      </div>
      <label>
        {text("login.language")}
        <select value={language} onChange={(e) => setLanguage((e.target as HTMLSelectElement).value)}>
          {[["ko", "한국어"], ["ja", "日本語"], ["en", "English"]].map(([l, name]) => (
            <option key={l} value={l}>{name}</option>
          ))}
        </select>
      </label>
      <button type="submit" class="primary wide" disabled={of.length === 0}>
        {text("badges.give")}
      </button>
      <p role="status">{said}</p>
    </form>
  );
}

function Told(p: { list: Given[]; items: Items }) {
  const [said, say] = useState("");
  const [busy, setBusy] = useState(false);
  const printers = values(p.items.printers);
  const print = (printer: string) => {
    setBusy(true);
    const send = (from: number): Promise<void> => {
      if (from >= p.list.length) return Promise.resolve(say(text("badges.printed", { n: p.list.length })));
      const badges = p.list.slice(from, from + atOnce).map((g) => ({ id: g.id, badge: g.badge }));
      return call("POST", "/site/v1/badges/print", { printer, badges }).then(() => send(from + atOnce));
    };
    void send(0).then(undefined, (x: Problem) => say(failure(x.code))).then(() => setBusy(false));
  };
  return (
    <section class="told">
      <h3>{text("badges.once")}</h3>
      <p class="no-print">
        {printers.map((d) => (
          <button key={d.name} type="button" disabled={busy} onClick={() => print(d.name)}>
            {text("badges.print", { printer: d.name })}
          </button>
        ))}
        <button type="button" onClick={() => window.print()}>{text("paper.page")}</button>
      </p>
      <p role="status">{said}</p>
      <ul class="print-page badge-cards">
        {p.list.map((g) => (
          <li key={g.id}>
            <b>{g.name || g.id}</b> {g.pin && <span>PIN {g.pin}</span>}
            <Bars code={g.badge} />
            <span class="code">{g.badge}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Badges(p: { items: Items }) {
  const { got, problem, read } = useRenewed<{ items: Guest[] }>("/site/v1/badges");
  const [given, tell] = useState<Given[]>([]);
  const [sure, setSure] = useState("");
  const [said, say] = useState("");
  const end = (id: string) =>
    call("POST", "/site/v1/badges/" + encodeURIComponent(id) + "/revoke", { reason: "lead" }).then(() => {
      setSure("");
      say("");
      read();
    }, (e: Problem) => say(failure(e.code)));
  return (
    <div id="badges">
      <h2>{text("badges.title")}</h2>
      {given.length > 0 && <Told list={given} items={p.items} />}
      <Ask given={(g) => (tell(g), read())} />
      <p role="status">{said}</p>
      {problem && <p class="problem">{failure(problem.code)}</p>}
      <ul class="people-list">
        {(got ? got.items : []).map((g) => (
          <li key={g.id}>
            <p>
              <b>{g.name || g.id}</b> <small>{g.roles.map((r) => text("role." + r)).join(" \u00b7 ")}</small>
              {g.loggedIn && <small>{"\u25cf " + text("badges.in")}</small>}
              <small>{text("badges.until", { time: clock(Date.parse(g.until)) })}</small>
              <button type="button" class="quiet" data-action="revoke" onClick={() => (sure === g.id ? void end(g.id) : setSure(g.id))}>
                {sure === g.id ? text("ask.sure") : text("badges.end")}
              </button>
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}
