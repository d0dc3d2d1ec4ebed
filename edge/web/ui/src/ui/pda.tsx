// The PDA's page, 360 x 640: one column, the thumb row at the bottom.

import { useState } from "preact/hooks";
import type { Client } from "../client";
import { either, text } from "../text";
import { lateAfter } from "../link";
import { edgeNow } from "../time";
import type { Screen } from "../types";
import { ActionButton, Dialogs, useDialog } from "./actions";
import { Idle } from "./idle";
import { Cloud, Shape } from "./shapes";
import { fetches } from "./ask";
import { CutoffView, stops, TaskView } from "./task";
import { Notes, SignView } from "./verdict";

// shortName keeps a name off a screen that others read: 홍길동 becomes 홍*동.
export function shortName(name: string): string {
  return /^[\u3040-\u9fff\uac00-\ud7af]{2,}/.test(name) ? name[0] + "*" + name.slice(2) : name.split(" ")[0];
}

export function Sync(p: { client: Client }) {
  const link = p.client.link;
  if (!link) return null;
  const unsent = link.pending.length;
  const unseen = link.unseenCount();
  return (
    <span class="sync" id="sync" data-unsent={unsent} data-unseen={unseen} data-online={link.online ? "yes" : "no"}
      title={link.online ? text("net.unseen", { n: unseen }) : text("net.offline")}>
      <Cloud off={!link.online} />
      {link.online ? unseen : unsent}
    </span>
  );
}

// Waiting says in words what a line that is slow or down does.
export function Waiting(p: { client: Client }) {
  const link = p.client.link;
  if (!link) return null;
  const n = link.pending.length;
  if (!link.online) return <p class="waiting off" id="waiting">{n > 0 ? text("net.unsent", { n }) : text("net.offline")}</p>;
  const ms = link.waitingFor();
  if (n === 0 || ms < lateAfter) return null;
  return <p class="waiting" id="waiting">{text("net.waiting", { seconds: Math.max(1, Math.round(ms / 1000)) })}</p>;
}

// Knowledge says that cancels may have been missed, and since when.
export function Knowledge(p: { s?: Screen }) {
  const k = p.s && p.s.knowledge;
  if (!k) return null;
  const minutes = k.heard ? Math.max(1, Math.round((edgeNow() - Date.parse(k.heard)) / 60000)) : 0;
  return (
    <p class="knowledge" id="knowledge" role="status">
      <Shape code="hold" />
      {minutes > 0 ? text("net.cancelsOld", { n: minutes }) : text("net.cancelsNone")}
    </p>
  );
}

const steps: { [step: string]: string[] } = {
  "pick/lot": ["confirm", "short", "skip", "undo"],
  "pick/serial": ["confirm", "short", "skip", "undo"],
  "pick/tote": ["undo", "help", "leave"],
  "pick/fetch": ["skip", "help", "leave"],
  "pick/into": ["undo", "help"],
  "pick/handOver": ["undo", "help"],
  "pick/empty": ["undo", "help", "leave"],
  "put/item": ["confirm", "close", "undo", "help"],
  "put/cell": ["addTote", "confirm", "undo", "help"],
  "load/dock": ["help", "leave"],
  "load/container": ["help", "leave"],
  "load/unload": ["undo", "help", "leave"],
  "return/parcel": ["confirm", "help", "leave"],
  "return/shelf": ["undo", "help", "leave"],
  "return/item": ["confirm", "close", "undo", "help"],
  "return/grade": ["quantity", "undo", "help"],
  "return/location": ["undo", "help", "leave"],
  "pack/insert": ["skip", "undo", "help"],
  "pack/weight": ["weight", "override", "undo"],
};

const rows: { [flow: string]: string[] } = {
  put: ["addTote", "confirm", "close", "undo"],
  count: ["count", "help", "leave"],
  replenish: ["quantity", "short", "help", "leave"],
  pick: ["quantity", "short", "skip", "undo"],
  pack: ["quantity", "reprint", "close", "undo"],
  load: ["close", "help", "leave"],
  return: ["quantity", "undo", "confirm", "close"],
  hospital: ["undo", "help", "leave"],
  idle: ["help"],
};

export function Pda(p: { client: Client }) {
  const { client } = p;
  const [dialog, open] = useDialog(client.screen);
  const [hint, setHint] = useState("");
  const s: Screen | undefined = client.screen;
  const shown = (s && steps[s.flow + "/" + (fetches(s) ? "fetch" : s.step || "")]) || rows[(s && s.flow) || "idle"] || rows.pick;
  const explain = (t: string) => {
    setHint(t);
    window.setTimeout(() => setHint(""), 4000);
  };
  const t = s && s.task;
  return (
    <div class={"pda flow-" + (s ? s.flow : "none")} data-rev={s ? s.rev : 0} data-step={(s && s.step) || ""}>
      <header class="top">
        <Sync client={client} />
        <span class="about">
          {s && s.flow !== "idle" && t ? (
            <span>
              {t.zone && <b>{text("task.zone", { zone: t.zone })} ·</b>} {s.flow === "pack" && s.station ? text("idle.station", { station: s.station }) : !t.zone && either("carrier.", t.carrier)} <CutoffView cutoff={t.cutoff} />
              {!t.carrier && !t.zone && either("flow.", s.flow)}
            </span>
          ) : (
            text("idle.title")
          )}
        </span>
        <span class="who">{client.session && shortName(client.session.worker.name)}</span>
      </header>
      <Waiting client={client} />
      <Knowledge s={s} />
      <Notes client={client} />
      <main class="body">
        {!s ? <p class="nothing">{text("net.offline")}</p> : s.flow === "idle" && !stops(s) ? <Idle client={client} s={s} /> : <TaskView client={client} s={s} open={open} />}
      </main>
      {hint && <p class="help" role="status">{hint}</p>}
      <footer class="thumb">
        {s && shown.map((a) => <ActionButton key={a} client={client} s={s} action={a} open={open} explain={explain} />)}
        <button type="button" class="more" aria-label={text("ui.more")} onClick={() => open("more")}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="12" cy="4" r="2.500" />
            <circle cx="12" cy="12" r="2.500" />
            <circle cx="12" cy="20" r="2.500" />
          </svg>
        </button>
      </footer>
      {s && <Dialogs client={client} s={s} dialog={dialog} shown={shown} open={open} />}
      <SignView client={client} />
    </div>
  );
}
