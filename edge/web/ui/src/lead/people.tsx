// Who is at work, at what and where; a lead may end a session.

import { useState } from "preact/hooks";
import { call, Problem } from "../http";
import { failure, text } from "../text";
import type { Person } from "./board";
import { useRenewed } from "./latest";
import { age } from "./words";

interface Line extends Person { name: string; roles: string[]; session?: { device?: string; began: string } }

export function PeopleList(p: { open: (order: string) => void; me: string }) {
  const { got, problem, read } = useRenewed<{ items: Line[] }>("/site/v1/workers");
  const [sure, setSure] = useState("");
  const [said, say] = useState("");
  const revoke = (worker: string) =>
    call("POST", "/site/v1/workers/" + encodeURIComponent(worker) + "/revoke", { reason: "lead" }).then(() => {
      setSure("");
      say(text("lead.doneOK"));
      read();
    }, (e: Problem) => say(failure(e.code)));
  return (
    <div>
      <h2>{text("lead.workers")}</h2>
      <p role="status">{said}</p>
      {problem && <p class="problem">{failure(problem.code)}</p>}
      <ul class="people-list">
        {(got ? got.items : []).map((w) => (
          <li key={w.worker} data-worker={w.worker}>
            <p>
              <b>{w.name}</b> <small>{w.worker}</small>
              <span class="flow">{text("flow." + w.flow)}</span>
              {w.station && <small>{w.station}</small>}
              {w.last && <small>{text("lead.ago", { time: age(w.last) })}</small>}
            </p>
            <p>
              {(w.orders || []).map((o) => (
                <button key={o} type="button" class="code" onClick={() => p.open(o)}>
                  {o}
                </button>
              ))}
              {w.session && w.worker !== p.me && (
                <button type="button" class="quiet" data-action="revoke" onClick={() => (sure === w.worker ? void revoke(w.worker) : setSure(w.worker))}>
                  {sure === w.worker ? text("ask.sure") : text("lead.revoke")} {w.session.device && <small>{w.session.device}</small>}
                </button>
              )}
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}
