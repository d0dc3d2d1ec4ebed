// After a rest the worker shows the badge again before anything is printed: another
// may stand here now. A badge alone is a scan, which the edge looks at first; one
// with a PIN is held back here until the PIN is there, so that no failure is spent.

import { useState } from "preact/hooks";
import type { Client } from "../client";
import { call, Problem } from "../http";
import { text } from "../text";
import { remember, wantsPIN } from "./login";
import { Shape } from "./shapes";
import { Keypad, Sheet, useScans } from "./sheet";

export function Rest(p: { client: Client }) {
  const { client } = p;
  const [hasPIN, setHasPIN] = useState(false); // the next scan is a badge with a PIN
  const [badge, setBadge] = useState("");
  const [pin, setPin] = useState("");
  const [said, say] = useState("");
  const show = (withPIN: string) =>
    void call("POST", "/floor/v1/badge", { badge, pin: withPIN }).then(
      () => {
        remember(badge, true);
        client.back();
      },
      (e: Problem) => {
        setBadge("");
        setPin("");
        say(e.status === 429 ? text("login.locked", { seconds: e.retryAfter || 60 }) : e.status === 403 ? text("login.refused") : text("login.offline"));
      },
    );
  useScans(
    client,
    (code, source) => {
      if (badge !== "") show(code);
      else if (hasPIN || wantsPIN(code)) setBadge(code);
      else client.submit(code, source);
    },
    (b) => badge !== "" && setPin(b.slice(0, 12)),
  );
  return (
    <Sheet title={text("rest.title")} onClose={client.back} id="rest">
      <p class="big-hint">
        <Shape code="denied" /> {text(badge === "" ? "say.idle.badge" : "login.pin")}
      </p>
      {badge === "" ? (
        <button type="button" class={hasPIN ? "on" : "quiet"} data-action="hasPIN" aria-pressed={hasPIN} onClick={() => setHasPIN(!hasPIN)}>
          {(hasPIN ? "\u2713 " : "") + text("rest.hasPIN")}
        </button>
      ) : (
        <div>
          <output class="number pin" id="rest-pin">{pin.replace(/./g, "\u2022") || "\u2013"}</output>
          <Keypad value={pin} onChange={setPin} most={12} onDone={() => show(pin)} />
        </div>
      )}
      <p class="problem" role="alert">{said || (client.rested > 1 ? text("rest.notYours") : "")}</p>
    </Sheet>
  );
}
