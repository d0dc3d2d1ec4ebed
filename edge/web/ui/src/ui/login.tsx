// Log in: scan the badge; a PIN is asked for where the badge needs one.

import { useLayoutEffect, useState } from "preact/hooks";
import type { Client } from "../client";
import type { Problem } from "../http";
import { give } from "../signs";
import { load, save } from "../store";
import { chooseLanguage, language, languages, text } from "../text";
import { Approve } from "./approve";
import { Keypad, Sheet, TypedSheet } from "./sheet";

const names: { [l: string]: string } = { ko: "한국어", ja: "日本語", en: "English" };

export function LanguageRow(p: { onChange: () => void }) {
  return (
    <div class="languages" role="group" aria-label={text("login.language")}>
      {languages.map((l) => (
        <button key={l} type="button" lang={l} class={l === language() ? "on" : ""} aria-pressed={l === language()}
          onClick={() => (chooseLanguage(l), p.onChange())}>
          {names[l]}
        </button>
      ))}
    </div>
  );
}

// Badges that a PIN let in, so that no failure is spent on asking whether they
// need one. What was refused is forgotten: it may be unknown, or have lost its PIN.
const kept = "provenBadges";

export function remember(badge: string, proven: boolean): void {
  const m = mark(badge);
  const rest = load<number[]>(kept, []).filter((x) => x !== m);
  save(kept, proven ? rest.concat(m).slice(-50) : rest);
}

// wantsPIN tells that a badge needed its PIN here before.
export const wantsPIN = (badge: string): boolean => load<number[]>(kept, []).indexOf(mark(badge)) >= 0;

// leadBadge tells that this site lets leads in with the badge alone; the edge writes it
// into the page.
const leadBadge = (): boolean => document.documentElement.getAttribute("data-lead") === "badge";

// mark is kept instead of a badge: it tells a badge that needed a PIN here
// before, and is not the badge.
function mark(badge: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < badge.length; i++) h = Math.imul(h ^ badge.charCodeAt(i), 0x01000193) >>> 0;
  return h & 0xffff;
}

function DeviceSheet(p: { onClose: () => void }) {
  const [device, setDevice] = useState(load("device", ""));
  const [key, setKey] = useState("");
  const go = (e: Event) => {
    e.preventDefault();
    save("device", device.trim());
    if (key.trim() !== "") save("deviceKey", key.trim());
    p.onClose();
  };
  return (
    <Sheet title={text("login.device")} onClose={p.onClose}>
      <form onSubmit={go}>
        <label>
          {text("login.deviceName")}
          <input value={device} maxLength={64} autocomplete="off" onInput={(e) => setDevice((e.target as HTMLInputElement).value)} />
        </label>
        <label>
          {text("login.deviceKey")}
          <input value={key} type="password" autocomplete="off" onInput={(e) => setKey((e.target as HTMLInputElement).value)} />
        </label>
        <button type="submit" class="primary wide">
          {text("ui.save")}
        </button>
      </form>
    </Sheet>
  );
}

// problemText says what to do, never which of badge and PIN was wrong.
function problemText(e: Problem): string {
  if (e.status === 429) return text("login.locked", { seconds: e.retryAfter || 60 });
  if (e.status === 401) return text("login.refused");
  if (e.status === 0 || e.status === 503) return text("login.offline");
  return text("login.failed", { code: e.code });
}

export function Login(p: { client: Client; pinAlways?: boolean }) {
  const [unknown, setUnknown] = useState(""); // the badge that a lead is to approve
  if (unknown !== "") return <Approve client={p.client} badge={unknown} onClose={() => setUnknown("")} />;
  return <LoginForm client={p.client} pinAlways={p.pinAlways} onUnknown={setUnknown} />;
}

function LoginForm(p: { client: Client; pinAlways?: boolean; onUnknown: (badge: string) => void }) {
  const [badge, setBadge] = useState("");
  const [pin, setPin] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [dialog, setDialog] = useState("");

  const again = (why: string) => {
    setBadge("");
    setPin("");
    setProblem(why);
  };
  const tryIt = (b: string, withPIN?: string) => {
    setBusy(true);
    setProblem("");
    p.client.why = "";
    p.client.login(b, withPIN).then(
      () => withPIN !== undefined && remember(b, true),
      (e: Problem) => {
        setBusy(false);
        if (e.status === 401 && withPIN !== undefined) remember(b, false);
        if (e.status === 401 && withPIN === undefined) {
          setBadge(b);
          give("hold", "", text("login.pin"));
          return;
        }
        give(e.status === 401 ? "unknown" : "hold", "", problemText(e));
        again(problemText(e));
      },
    );
  };
  const gotBadge = (b: string) => {
    setDialog("");
    if ((p.pinAlways && !leadBadge()) || wantsPIN(b)) {
      setProblem("");
      p.client.why = "";
      setBadge(b);
    } else tryIt(b);
  };
  useLayoutEffect(() => {
    p.client.onScan = (code) => {
      if (busy) return;
      if (badge === "") gotBadge(code);
      else tryIt(badge, code);
    };
    p.client.onPartial = (b) => badge !== "" && setPin(b.slice(0, 12));
    return () => {
      p.client.onScan = undefined;
      p.client.onPartial = undefined;
    };
  });

  return (
    <main class="login">
      <LanguageRow onChange={() => p.client.changed()} />
      {badge === "" ? (
        <div class="center">
          <div class="badge-picture" aria-hidden="true">
            <svg viewBox="0 0 120 84">
              <rect x="2" y="2" width="116" height="80" rx="8" class="card" />
              <circle cx="34" cy="32" r="11" class="ink-fill" />
              <path d="M16 64c0-12 8-18 18-18s18 6 18 18z" class="ink-fill" />
              <path d="M64 22v40M69 22v40M73 22v40M80 22v40M84 22v40M91 22v40M95 22v40M102 22v40" class="stroke" />
            </svg>
          </div>
          <h1>{busy ? text("login.checking") : text("login.scan")}</h1>
        </div>
      ) : (
        <div class="center">
          <h1>{busy ? text("login.checking") : text("login.pin")}</h1>
          <output class="number pin" id="pin">{pin.replace(/./g, "\u2022") || "\u2013"}</output>
          <Keypad value={pin} onChange={setPin} most={12} onDone={() => !busy && tryIt(badge, pin)} />
        </div>
      )}
      {badge === "" || problem !== "" ? (
        <p class="problem" role="alert">{problem || (p.client.why && text(p.client.why))}</p>
      ) : (
        !p.pinAlways && <p class="hint no-pin">{text("login.noPIN")}</p>
      )}
      <div class="login-foot">
        {badge === "" ? (
          <button type="button" id="type-badge" onClick={() => setDialog("typed")}>
            {text("login.typed")}
          </button>
        ) : (
          <div class="pair">
            <button type="button" onClick={() => again("")}>
              {text("ui.back")}
            </button>
            {!p.pinAlways && !busy && (
              <button type="button" data-action="approve" onClick={() => p.onUnknown(badge)}>
                {text("approve.open")}
              </button>
            )}
          </div>
        )}
        {badge === "" && !p.pinAlways && (
          <button type="button" class={p.client.practising ? "practising" : "quiet"} data-action="practice" aria-pressed={p.client.practising}
            onClick={() => ((p.client.practising = !p.client.practising), p.client.changed())}>
            {(p.client.practising ? "\u2713 " : "") + text("practice.login")}
          </button>
        )}
        {badge === "" && (
          <button type="button" class="quiet" onClick={() => setDialog("device")}>
            {text("login.device")}
          </button>
        )}
      </div>
      {dialog === "typed" && <TypedSheet title={text("login.typed")} onDone={gotBadge} onClose={() => setDialog("")} />}
      {dialog === "device" && <DeviceSheet onClose={() => setDialog("")} />}
    </main>
  );
}
