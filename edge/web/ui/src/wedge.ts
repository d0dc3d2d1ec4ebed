// Key events of a scanner that types (keyboard wedge) made into codes.
//
// The key's place (KeyboardEvent.code) counts, not the letter that an input
// method or a layout makes of it: with the Korean two-set method on, the page
// would see jamo, and Chrome calls every key "Process". A scan ends with Enter
// or Tab; a scanner that was never seen to end with one is read by its pause.
// Capital letters come from Shift alone, so Caps Lock does not invert them.

import { load, save } from "./store";

const idleEnd = 150; // ms without a key that end a scan, where no Enter or Tab is known
const machine = 80; // ms per key: slower is a person (Bluetooth wedges jitter up to 80)
const machineSure = 35; // ms per key below which a pause may end a scan
const shortest = 6; // characters of a scan that ends by a pause
const cutAfter = 1000; // ms after which a scan without its end is given up
const longest = 2048; // characters, the contract's limit of a code
const bounce = 120; // ms after an end in which further ends are of the same scan (CR LF)

const plain: { [code: string]: string } = {
  Minus: "-_", Equal: "=+", BracketLeft: "[{", BracketRight: "]}", Backslash: "\\|", Semicolon: ";:", Quote: "'\"",
  Comma: ",<", Period: ".>", Slash: "/?", Backquote: "`~", Space: "  ", IntlYen: "\\|", IntlRo: "\\_", IntlBackslash: "\\|",
  NumpadDecimal: "..", NumpadAdd: "++", NumpadSubtract: "--", NumpadMultiply: "**", NumpadDivide: "//", NumpadEqual: "==", NumpadComma: ",,",
};
const shifted = ")!@#$%^&*(";
// Control characters as wedges send them: FS, GS, RS, US.
const control: { [code: string]: string } = { Backslash: "\x1c", BracketRight: "\x1d", Digit6: "\x1e", Minus: "\x1f" };

// charOf gives the character of a key on the US layout that scanners emulate;
// undefined for keys that are none.
export function charOf(e: KeyboardEvent): string | undefined {
  const c = e.code;
  if (e.ctrlKey) return control[c];
  if (e.metaKey) return undefined;
  if (/^Key[A-Z]$/.test(c)) return e.shiftKey ? c[3] : c[3].toLowerCase();
  if (/^Digit\d$/.test(c)) return e.shiftKey ? shifted[Number(c[5])] : c[5];
  if (/^Numpad\d$/.test(c)) return c[6];
  if (c in plain) return plain[c][e.shiftKey ? 1 : 0];
  if (c !== "" && c !== "Unidentified") return undefined;
  // No place is told (Android's injected keys): the character itself, full
  // width made narrow.
  const k = e.key || "";
  if (k.length !== 1) return undefined;
  const u = k.charCodeAt(0);
  return u >= 0xff01 && u <= 0xff5e ? String.fromCharCode(u - 0xfee0) : k;
}

export interface WedgeEvents {
  scan(code: string, source: "wedge" | "typed"): void;
  partial(buffer: string): void; // what has come so far, for a dialog that shows it
  cut(): void; // a scan broke off: it must be pulled again
}

export class Wedge {
  private buffer = "";
  private first = 0;
  private last = 0;
  private ended = 0;
  private altDigits = "";
  private timer = 0;
  private suffix = load<boolean>("wedge.suffix", false); // this scanner ends with Enter or Tab

  constructor(private events: WedgeEvents) {}

  listen(w: Window): void {
    w.addEventListener("keydown", (e) => this.down(e), true);
    w.addEventListener("keyup", (e) => this.up(e), true);
    // A click leaves the focus on a button, where the next scan's Enter would press it.
    w.addEventListener("click", () => {
      const el = document.activeElement as HTMLElement | null;
      if (el && el.tagName === "BUTTON" && !this.keyboardFocus) el.blur();
      this.keyboardFocus = false;
    });
  }

  private keyboardFocus = false;

  private down(e: KeyboardEvent): void {
    const el = e.target as HTMLElement | null;
    if (el && (el.tagName === "INPUT" || el.tagName === "TEXTAREA" || el.tagName === "SELECT")) return;
    const now = e.timeStamp || Date.now();
    const end = e.code === "Enter" || e.code === "NumpadEnter" || e.code === "Tab" || e.key === "Enter" || e.key === "Tab";
    if (end) {
      if (this.buffer !== "") {
        e.preventDefault();
        e.stopPropagation();
        this.ended = now;
        this.finish(true);
      } else if (now - this.ended < bounce) {
        e.preventDefault();
        e.stopPropagation();
      } else {
        this.keyboardFocus = true; // somebody walks by keyboard
      }
      return;
    }
    if (e.altKey && /^Numpad\d$/.test(e.code)) {
      this.altDigits += e.code[6];
      e.preventDefault();
      return;
    }
    const ch = e.altKey ? undefined : charOf(e);
    if (ch === undefined) return;
    if (ch === " " && this.buffer === "" && el && el.tagName === "BUTTON") {
      this.keyboardFocus = true;
      return;
    }
    e.preventDefault();
    e.stopPropagation();
    this.put(ch, now);
  }

  // Alt with digits of the keypad is how some wedges type GS (Alt+029).
  private up(e: KeyboardEvent): void {
    if (e.key !== "Alt" || this.altDigits === "") return;
    const n = Number(this.altDigits);
    this.altDigits = "";
    if (n > 0 && n < 128) this.put(String.fromCharCode(n), e.timeStamp || Date.now());
  }

  private put(ch: string, now: number): void {
    if (this.buffer === "") this.first = now;
    this.last = now;
    if (this.buffer.length < longest) this.buffer += ch;
    this.events.partial(this.buffer);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.idle(), this.suffix ? cutAfter : idleEnd);
  }

  private pace(): number {
    return this.buffer.length > 1 ? (this.last - this.first) / (this.buffer.length - 1) : machine + 1;
  }

  private idle(): void {
    const pace = this.pace();
    if (this.buffer.length >= shortest && pace <= machineSure) {
      if (!this.suffix) {
        this.finish(false);
        return;
      }
      this.buffer = "";
      this.events.cut();
      return;
    }
    // A person types slowly; what nobody ends within five seconds is forgotten.
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.buffer = ""), 5000);
  }

  private finish(bySuffix: boolean): void {
    clearTimeout(this.timer);
    const code = this.buffer;
    const source = this.pace() <= machine ? "wedge" : "typed";
    this.buffer = "";
    if (bySuffix && source === "wedge" && code.length >= shortest && !this.suffix) {
      this.suffix = true;
      save("wedge.suffix", true);
    }
    this.events.scan(code, source);
  }
}
