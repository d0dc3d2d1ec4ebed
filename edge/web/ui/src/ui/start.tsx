// The start of a shift: sounds, a test label, what the one before left, and how
// things stand. It leads and never blocks: closed, work goes on, and it is asked
// again with the next login.

import { useEffect, useState } from "preact/hooks";
import type { Client } from "../client";
import { call, Problem } from "../http";
import { newID } from "../id";
import { give } from "../signs";
import { load, save } from "../store";
import { either, failure, text } from "../text";
import { clock } from "../time";
import { pass, Sheet, useScans } from "./sheet";

interface Facts {
  needed: boolean;
  tones: string[];
  sync: { behind: number; seconds: number };
  cutoffs: { carrier: string; at: string; open?: number }[];
  offline: string[];
  zone?: string; // where the worker picked last
  edgeTime: string;
  off: number; // ms by which this device's clock differed when the edge told its own
  previous?: { worker: string; name: string; work?: string; flow?: string; orders?: string[]; totes?: string[] };
}

export function Start(p: { client: Client; desk: boolean }) {
  const session = p.client.session;
  const [facts, set] = useState<Facts | undefined>(undefined);
  const id = session && session.session;
  useEffect(() => {
    set(undefined);
    if (session && !session.practice && load("started", "") !== id) call<Facts>("GET", "/floor/v1/shift").then((f) => set(f.needed || f.previous ? Object.assign({}, f, { off: Date.now() - Date.parse(f.edgeTime) }) : undefined), () => undefined);
  }, [id]);
  if (!facts) return null;
  const close = () => {
    save("started", id); // a reload in this session does not ask again
    set(undefined);
  };
  return <Steps client={p.client} f={facts} desk={p.desk} close={close} />;
}

function Steps(p: { client: Client; f: Facts; desk: boolean; close: () => void }) {
  const { f } = p;
  const [heard, setHeard] = useState<{ [tone: string]: boolean }>({});
  const [label, setLabel] = useState<string | undefined>(undefined);
  const [sent, setSent] = useState(false);
  const [moved, setMoved] = useState(false);
  const [said, say] = useState("");
  const [id] = useState(newID());
  const [moveID] = useState(newID());
  const failed = (e: Problem) => say(failure(e.code));
  useScans(p.client, (code, source) => (sent && label === undefined ? setLabel(code) : pass(p.client, p.close)(code, source)));
  const tone = f.tones.filter((t) => !(t in heard))[0];
  const answer = (yes: boolean) => {
    const next = f.tones.filter((t) => t !== tone && !(t in heard))[0];
    setHeard(Object.assign({}, heard, { [tone]: yes }));
    if (next) window.setTimeout(() => give(next, ""), 300); // the next plays by itself
  };
  const print = () =>
    call("POST", "/floor/v1/shift/label", { name: load("station", "") }).then(() => setSent(true), failed);
  const book = () => {
    const of = (yes: boolean) => f.tones.filter((t) => heard[t] === yes);
    call("POST", "/floor/v1/shift", { id, heard: of(true), unheard: of(false), label, deviceTime: new Date().toISOString() }).then(p.close, failed);
  };
  const take = () => {
    const v = f.previous;
    if (v && v.work) void call("POST", "/floor/v1/shift/takeOver", { id: moveID, work: v.work, from: v.worker }).then(() => setMoved(true), failed);
  };
  return (
    <Sheet title={text("start.title")} onClose={p.close} id="start-check">
      <div class="rows">
        {f.previous && !moved && (
          <div class="start-previous">
            <p>{text("start.previous", { name: f.previous.name, order: (f.previous.orders || []).join(" "), tote: (f.previous.totes || []).join(" ") })}</p>
            {f.previous.work && (
              <button type="button" data-action="takeOver" onClick={take}>
                {text("start.takeOver")}
              </button>
            )}
          </div>
        )}
        {f.needed && tone && (
          <div class="start-tone">
            <button type="button" data-action="play" onClick={() => give(tone, "")}>
              {"\u266a " + text("start.play", { n: f.tones.indexOf(tone) + 1, of: f.tones.length })}
            </button>
            <div class="pair">
              <button type="button" class="primary" data-action="heard" onClick={() => answer(true)}>{"\u2713 " + text("start.heard")}</button>
              <button type="button" data-action="unheard" onClick={() => answer(false)}>{"\u2715 " + text("start.unheard")}</button>
            </div>
          </div>
        )}
        {f.needed && !tone && p.desk && load("station", "") !== "" && (
          <div class="start-label">
            <button type="button" data-action="label" onClick={() => void print()}>{text("start.label")}</button>
            {sent && <p>{label ? "\u2713 " + label : text("start.scanLabel")}</p>}
          </div>
        )}
        <ul class="start-facts">
          <li data-fact="role">
            {((p.client.session && p.client.session.worker.roles) || []).map((r) => either("role.", r)).join(" \u00b7 ")}
            {f.zone && " \u00b7 " + text("task.zone", { zone: f.zone })}
          </li>
          <li>{text("start.sync", { n: f.sync.behind, seconds: f.sync.seconds })}</li>
          {Math.abs(f.off) > 120000 && <li>{"\u25b2 " + text("start.clock", { time: clock(Date.parse(f.edgeTime)) })}</li>}
          {f.cutoffs.slice(0, 4).map((c) => <li key={c.carrier + c.at}>{either("carrier.", c.carrier)} {clock(Date.parse(c.at))}</li>)}
          {f.offline.length > 0 && <li>{"\u25b2 " + text("start.offline", { names: f.offline.slice(0, 5).join(" ") })}</li>}
        </ul>
        {f.needed && (
          <button type="button" class={tone ? "wide" : "primary wide"} data-action="begin" onClick={book}>
            {text("start.begin")}
          </button>
        )}
        <p role="status">{said}</p>
      </div>
    </Sheet>
  );
}

// Practice is the frame of a session in which nothing is real.
export function Practice(p: { client: Client }) {
  if (!p.client.session || !p.client.session.practice) return null;
  return <div class="practice-frame" id="practice"><b>{text("practice.frame")}</b></div>;
}
