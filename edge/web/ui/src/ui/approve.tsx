// A badge that nobody knows, on a lead's word: the lead stands here, says what the
// worker is to do and shows badge and PIN. The badge then works until the shift ends.

import { useState } from "preact/hooks";
import type { Client } from "../client";
import type { Problem } from "../http";
import { text } from "../text";
import { Keypad, pass, Sheet, useScans } from "./sheet";

// guestRoles are what a badge that is approved here may be for (edge/access).
const guestRoles = ["picker", "packer", "loader", "returns"];

function why(e: Problem): string {
  if (e.status === 429) return text("login.locked", { seconds: e.retryAfter || 60 });
  if (e.status === 401 || e.status === 403) return text("approve.refused");
  if (e.code === "known") return text("approve.known");
  if (e.status === 0 || e.status === 503) return text("login.offline");
  return text("login.failed", { code: e.code });
}

export function Approve(p: { client: Client; badge: string; onClose: (why: string) => void }) {
  const [roles, setRoles] = useState<string[]>([location.pathname === "/desk" ? "packer" : "picker"]);
  const [name, setName] = useState("");
  const [lead, setLead] = useState("");
  const [pin, setPin] = useState("");
  const [busy, setBusy] = useState(false);
  const [said, say] = useState("");
  const go = (withPIN: string) => {
    if (busy) return;
    setBusy(true);
    p.client.approve({ badge: p.badge, leadBadge: lead, leadPin: withPIN, roles, name: name.trim() || undefined }).then(
      () => undefined,
      (e: Problem) => {
        setBusy(false);
        setLead("");
        setPin("");
        say(why(e));
      },
    );
  };
  useScans(
    p.client,
    (code) => (lead !== "" ? go(code) : roles.length > 0 && setLead(code)),
    (b) => lead !== "" && setPin(b.slice(0, 12)),
  );
  const toggle = (r: string) => setRoles(roles.indexOf(r) >= 0 ? roles.filter((x) => x !== r) : roles.concat(r));
  return (
    <main class="login approve" id="approve">
      <div class="center">
        <h1>{text("approve.title")}</h1>
        <p class="hint code">{p.badge}</p>
        {lead === "" ? (
          <div class="rows">
            <div class="grid2" role="group" aria-label={text("badges.roles")}>
              {guestRoles.map((r) => (
                <button key={r} type="button" data-role={r} class={roles.indexOf(r) >= 0 ? "on" : ""} aria-pressed={roles.indexOf(r) >= 0} onClick={() => toggle(r)}>
                  {(roles.indexOf(r) >= 0 ? "\u2713 " : "") + text("role." + r)}
                </button>
              ))}
            </div>
            <label>
              {text("approve.name")}
              <input name="name" value={name} maxLength={60} autocomplete="off" onInput={(e) => setName((e.target as HTMLInputElement).value)} />
            </label>
            <p class="big-hint">{text(roles.length > 0 ? "ask.leadBadge" : "approve.chooseRole")}</p>
          </div>
        ) : (
          <div>
            <p class="hint">{busy ? text("login.checking") : text("approve.leadPIN")}</p>
            <output class="number pin" id="lead-pin">{pin.replace(/./g, "\u2022") || "\u2013"}</output>
            <Keypad value={pin} onChange={setPin} most={12} onDone={() => go(pin)} />
          </div>
        )}
      </div>
      <p class="problem" role="alert">{said}</p>
      <div class="login-foot">
        <button type="button" onClick={() => p.onClose("")}>
          {text("ui.back")}
        </button>
      </div>
    </main>
  );
}

// ToldPIN shows the PIN of a badge that was just approved: it is told once.
export function ToldPIN(p: { client: Client }) {
  const close = () => {
    p.client.toldPIN = "";
    p.client.changed();
  };
  useScans(p.client, pass(p.client, close));
  return (
    <Sheet title={text("approve.pin")} onClose={close} id="told-pin">
      <output class="number">{p.client.toldPIN}</output>
      <p class="hint">{text("approve.pinOnce")}</p>
    </Sheet>
  );
}
