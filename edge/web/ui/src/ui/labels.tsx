// The dialogs of a packer for boxes that are not in hand: another label of the
// same number, another number, a box to be opened again; and what a lead says yes
// to at this screen.

import { useState } from "preact/hooks";
import type { Client } from "../client";
import { nameIn, text } from "../text";
import type { Screen } from "../types";
import { Keypad, Sheet, useScans } from "./sheet";

export const reasons: { [action: string]: string[] } = {
  reprint: ["damaged", "lost", "badPrint", "printerChanged"],
  void: ["wrongBox", "lost", "addressChanged"],
  reopen: ["missing", "wrongItem", "gift", "damaged"],
  weight: ["checked", "master"],
  confirm: ["unreadable", "noBarcode"],
};

const prefixes: { [action: string]: string } = { reprint: "reprint.", void: "void.", reopen: "reopen.", weight: "override.", confirm: "confirm." };

function Reasons(p: { action: string; onDone: (code: string) => void }) {
  return (
    <div class="rows">
      {reasons[p.action].map((k) => (
        <button key={k} type="button" data-code={k} onClick={() => p.onDone(k)}>
          {text(prefixes[p.action] + k)}
        </button>
      ))}
    </div>
  );
}

const focus = (el: HTMLInputElement | null): void => {
  if (el) el.focus();
};

// WaybillSheet takes the waybill of a box, scanned or typed, and the reason.
export function WaybillSheet(p: { client: Client; action: string; onClose: () => void; onDone: (a: { waybill: string; reason: string }) => void }) {
  const [waybill, setWaybill] = useState("");
  const [typed, setTyped] = useState("");
  useScans(p.client, (code) => setWaybill(code));
  return (
    <Sheet title={text("action." + p.action)} onClose={p.onClose} id="waybill-sheet">
      {waybill === "" ? (
        <form
          onSubmit={(e) => {
            e.preventDefault();
            if (typed.trim() !== "") setWaybill(typed.trim());
          }}
        >
          <p class="big-hint">{text("ask.oldWaybill")}</p>
          <input type="text" inputMode="numeric" autocomplete="off" maxLength={64} value={typed} aria-label={text("ask.oldWaybill")} ref={focus}
            onInput={(e) => setTyped((e.target as HTMLInputElement).value)} />
          <button type="submit" class="primary wide" disabled={typed.trim() === ""}>
            {text("ui.ok")}
          </button>
        </form>
      ) : (
        <div>
          <p class="hint code">{waybill}</p>
          <Reasons action={p.action} onDone={(reason) => p.onDone({ waybill, reason })} />
        </div>
      )}
    </Sheet>
  );
}

// LeadSheet takes a reason, then a lead's badge and PIN. What the lead is asked
// for stands above: a weight, or one more copy.
export function LeadSheet(p: { client: Client; what: string; hint?: string; reason?: string; onClose: () => void; onDone: (a: { reason: string; badge: string; pin: string }) => void }) {
  const [reason, setReason] = useState(p.reason || "");
  const [badge, setBadge] = useState("");
  const [pin, setPin] = useState("");
  useScans(p.client, (code) => {
    if (badge === "") setBadge(code); // the lead may show it before the reason is chosen
    else if (reason !== "") p.onDone({ reason, badge, pin: code });
  });
  return (
    <Sheet title={text("action.override")} onClose={p.onClose} id="override">
      {p.hint && <p class="hint">{p.hint}</p>}
      {reason === "" && badge !== "" && <p class="hint" id="shown-badge">{"\u2713 " + text("lead.badgeRead")}</p>}
      {reason === "" ? (
        <Reasons action={p.what} onDone={setReason} />
      ) : badge === "" ? (
        <p class="big-hint">{text("ask.leadBadge")}</p>
      ) : (
        <div>
          <p class="hint">{text("login.pin")}</p>
          <output class="number">{pin.replace(/./g, "\u2022") || "\u2013"}</output>
          <Keypad value={pin} onChange={setPin} most={12} onDone={() => p.onDone({ reason, badge, pin })} />
        </div>
      )}
    </Sheet>
  );
}

// PieceSheet takes a person's word for a piece whose code cannot be read.
export function PieceSheet(p: { client: Client; s: Screen; onClose: () => void; onDone: (a: { reason: string; text: string }) => void }) {
  const items = p.s.expect.filter((e) => e.kind === "item");
  const [sku, setSKU] = useState(items.length === 1 ? items[0].sku || "" : "");
  useScans(p.client, (code, source) => {
    p.onClose();
    p.client.onScan = undefined;
    p.client.submit(code, source);
  });
  return (
    <Sheet title={text("action.confirm")} onClose={p.onClose} id="confirm">
      {sku === "" ? (
        <div class="rows">
          {items.map((e) => (
            <button key={(e.line || "") + (e.sku || "")} type="button" data-code={e.sku} onClick={() => setSKU(e.sku || "")}>
              {nameIn(e.name) || e.sku} <small>{nameIn(e.variant)}</small>
            </button>
          ))}
        </div>
      ) : (
        <Reasons action="confirm" onDone={(reason) => p.onDone({ reason, text: sku })} />
      )}
    </Sheet>
  );
}
