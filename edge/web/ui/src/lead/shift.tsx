// The end of the shift: what is open and whose it is, how far the WMS has the
// events, the signature, and what the lead before noted.

import { useState } from "preact/hooks";
import { call, Problem } from "../http";
import { newID } from "../id";
import { either, failure, text } from "../text";
import { useRenewed } from "./latest";
import { nameOf, Names, useNames } from "./trouble";
import { age, count } from "./words";

interface Open { n: number; items: { [field: string]: any }[] }
interface Entry { id: string; name: string; at: string; note?: boolean; seenBy?: string }
interface End {
  since?: string;
  left: { [kind: string]: Open };
  sync: { head: number; digest?: string; acked: number; ackedDigest?: string; unsynced: number };
  badges: number;
  last?: Entry;
}

const kinds = ["totes", "works", "inDoubt", "held", "voided", "lost"];

// what names one open thing: its own code first, then whose it is and where.
function what(x: { [field: string]: any }, names: Names): string {
  const own = x.tote || x.work || x.box || x.attempt;
  return [x.flow && either("flow.", x.flow), own, x.waybill, x.order || (x.orders || []).join(" "), x.worker && nameOf(x.worker, names), x.station, x.reason && either("held.", x.reason), x.seen].filter((t) => !!t).join(" \u00b7 ");
}

function Kind(p: { kind: string; open: Open }) {
  const names = useNames((p.open.items || []).map((x) => x.worker).filter((w) => !!w));
  if (p.open.n === 0) return <li class="none">{"\u25cf " + text("shiftNone." + p.kind)}</li>;
  return (
    <li data-kind={p.kind} class="bad">
      <details>
        <summary>
          {"\u25b2 "}
          <b>{count(p.open.n)}</b> {text("shift." + p.kind)}
        </summary>
        <ul>
          {p.open.items.map((x, i) => (
            <li key={i} class="code">{what(x, names)}</li>
          ))}
        </ul>
      </details>
    </li>
  );
}

function Last(p: { e: Entry; done: () => void }) {
  const [note, set] = useState("");
  const path = "/site/v1/shifts/" + p.e.id;
  const failed = (e: Problem) => set(failure(e.code));
  const read = () => call<{ note: string }>("POST", path + "/note", {}).then((r) => set(r.note), failed);
  return (
    <div class="last-shift">
      <p>
        {text("shift.last", { name: p.e.name, time: age(p.e.at) })} {p.e.seenBy && "\u2713"}
      </p>
      {note && <blockquote>{note}</blockquote>}
      <p>
        {p.e.note && !note && (
          <button type="button" data-action="note" onClick={() => void read()}>
            {text("shift.readNote")}
          </button>
        )}
        {!p.e.seenBy && (
          <button type="button" data-action="seen" onClick={() => void call("POST", path + "/seen", {}).then(p.done, failed)}>
            {"\u2713 " + text("shift.tick")}
          </button>
        )}
      </p>
    </div>
  );
}

// unfinished are the kinds that somebody still has to see to: a number given up is not.
const unfinished = kinds.filter((k) => k !== "voided");

function Sign(p: { open: number; done: () => void }) {
  const [badge, setBadge] = useState("");
  const [pin, setPin] = useState("");
  const [note, setNote] = useState("");
  const [ends, setEnds] = useState(true);
  const [said, say] = useState("");
  const [id, renew] = useState(newID());
  const go = (e: Event) => {
    e.preventDefault();
    call("POST", "/site/v1/shift/end", { id, badge, pin, note: note.trim() || undefined, endBadges: ends }).then(
      () => {
        renew(newID());
        setPin("");
        setNote("");
        say(text("shift.signed"));
        p.done();
      },
      (x: Problem) => {
        setPin("");
        say(x.status === 403 ? text("login.refused") : failure(x.code));
      },
    );
  };
  const value = (set: (v: string) => void) => (e: Event) => set((e.target as HTMLInputElement).value);
  return (
    <form class="entry" onSubmit={go}>
      <label>
        {text("shift.note")}
        <textarea rows={3} maxLength={2000} value={note} onInput={value(setNote)} />
      </label>
      <label class="tick">
        <input type="checkbox" checked={ends} onChange={() => setEnds(!ends)} /> {text("shift.endBadges")}
      </label>
      <label>
        {text("shift.badge")}
        <input type="password" name="badge" autocomplete="off" value={badge} onInput={value(setBadge)} />
      </label>
      <label>
        {text("shift.pin")}
        <input type="password" name="pin" inputMode="numeric" autocomplete="off" value={pin} onInput={value(setPin)} />
      </label>
      <button type="submit" class="primary wide" disabled={badge === "" || pin === ""}>
        {p.open > 0 ? text("shift.signOpen", { n: count(p.open) }) : text("shift.sign")}
      </button>
      <p role="status">{said}</p>
    </form>
  );
}

export function ShiftEnd() {
  const { got: end, problem, read } = useRenewed<End>("/site/v1/shift");
  const sync = end && end.sync;
  return (
    <div id="shift-end">
      <h2>{text("shift.title")}</h2>
      {problem && <p class="problem">{failure(problem.code)}</p>}
      {end && end.last && <Last e={end.last} done={read} />}
      {end && (
        <ul class="open-list">
          {kinds.map((k) => (
            <Kind key={k} kind={k} open={end.left[k]} />
          ))}
          {sync && (
            <li class={sync.unsynced > 0 ? "bad" : "none"} data-kind="sync">
              {sync.unsynced > 0 ? "\u25b2 " + text("shift.unsynced", { n: count(sync.unsynced) }) : "\u25cf " + text("shift.synced")}
              <small class="code">
                {text("shift.head", { n: count(sync.head) })} {(sync.digest || "").slice(0, 16)}
                {sync.unsynced > 0 && " \u00b7 " + text("shift.acked", { n: count(sync.acked) }) + " " + (sync.ackedDigest || "").slice(0, 16)}
              </small>
            </li>
          )}
          {end.badges > 0 && <li>{"\u25cf " + text("shift.badges", { n: end.badges })}</li>}
        </ul>
      )}
      <Sign open={end ? unfinished.reduce((n, k) => n + end.left[k].n, 0) : 0} done={read} />
    </div>
  );
}
