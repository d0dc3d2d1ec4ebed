// The signs of the verdicts: a tone, a vibration and a spoken word per code.
// Shape and colour are in ui/shapes.tsx and style/base.css.

import { load, save } from "./store";
import { language, text } from "./text";

// Beep is one stretch of a tone: Hz, Hz at its end (a glide), ms, ms of
// silence after it.
interface Beep { hz: number; to?: number; ms: number; gap?: number; square?: boolean }
interface Sign { beeps: Beep[]; vibrate?: number[] }

const repeat = (n: number, b: Beep): Beep[] => {
  const out: Beep[] = [];
  for (let i = 0; i < n; i++) out.push(b);
  return out;
};

const falling: Sign = { beeps: [{ hz: 880, to: 220, ms: 300 }], vibrate: [200] };

const signs: { [code: string]: Sign } = {
  ok: { beeps: [{ hz: 1760, ms: 60 }] },
  done: { beeps: [{ hz: 1319, ms: 80, gap: 20 }, { hz: 1760, ms: 80 }], vibrate: [30, 40, 30] },
  wrong: { beeps: repeat(2, { hz: 220, ms: 220, gap: 80, square: true }), vibrate: [300] },
  over: { beeps: repeat(3, { hz: 330, ms: 90, gap: 60, square: true }), vibrate: [80, 60, 80, 60, 80] },
  duplicate: { beeps: [{ hz: 880, ms: 120, gap: 40 }, { hz: 440, ms: 120 }], vibrate: [120, 80, 120] },
  cancelled: { beeps: [600, 900, 600, 900, 600].map((hz) => ({ hz, ms: 200, square: true })), vibrate: [600] },
  hold: { beeps: [{ hz: 523, ms: 110, gap: 50 }, { hz: 523, ms: 110, gap: 50 }, { hz: 392, ms: 110 }], vibrate: [200, 100, 200] },
  // A pull that is kept here until the line is back: a soft tick.
  wait: { beeps: [{ hz: 1000, ms: 15 }] },
};

export const signOf = (code: string): Sign => signs[code] || falling;

let audio: AudioContext | undefined;

// wake makes sound possible; browsers want a press or a key before it.
export function wake(): void {
  const w = window as unknown as { AudioContext?: typeof AudioContext; webkitAudioContext?: typeof AudioContext };
  const make = w.AudioContext || w.webkitAudioContext;
  if (!audio && make) {
    try {
      audio = new make();
    } catch (_) {
      return;
    }
  }
  if (audio && audio.state === "suspended") audio.resume().catch(() => undefined);
}

function play(s: Sign): void {
  if (!audio || audio.state !== "running") return;
  let at = audio.currentTime + 0.005;
  for (const b of s.beeps) {
    const o = audio.createOscillator();
    const g = audio.createGain();
    const end = at + b.ms / 1000;
    o.type = b.square ? "square" : "sine";
    o.frequency.setValueAtTime(b.hz, at);
    if (b.to) o.frequency.exponentialRampToValueAtTime(b.to, end);
    g.gain.setValueAtTime(0, at);
    g.gain.linearRampToValueAtTime(0.9, at + 0.004);
    g.gain.setValueAtTime(0.9, Math.max(at + 0.004, end - 0.006));
    g.gain.linearRampToValueAtTime(0, end);
    o.connect(g);
    g.connect(audio.destination);
    o.start(at);
    o.stop(end);
    at = end + (b.gap || 0) / 1000;
  }
}

let speaking = load<boolean>("speak", true);
export const speaks = (): boolean => speaking;
export function setSpeaks(on: boolean): void {
  speaking = on;
  save("speak", on);
}

const spoken: { [code: string]: string } = {
  done: "speak.done", wrong: "verdict.wrong", over: "speak.over", duplicate: "speak.duplicate", cancelled: "speak.cancelled",
  hold: "speak.hold", unknown: "speak.unknown", unexpected: "speak.unexpected", denied: "speak.denied", stale: "speak.stale",
};

// words name what is wrong, by the end of what the edge says.
const words: [RegExp, string][] = [
  [/(Item|captureDiffers|Insert)$/, "speak.wrongItem"],
  [/Dock$/, "speak.wrongDock"],
  [/(Location|Drop|Place)$/, "speak.wrongPlace"],
  [/Tote$/, "speak.wrongTote"],
  [/Cell$/, "speak.wrongCell"],
  [/wrongWaybill$/, "speak.wrongWaybill"],
  [/Weight$/, "speak.wrongWeight"],
  [/(Carrier|Vehicle)$/, "speak.wrongCarrier"],
  [/(Trip|Route)$/, "speak.wrongTrip"],
  [/Zone$/, "speak.wrongZone"],
  [/fefo$/, "speak.wrongLot"],
  [/expired$/, "speak.expired"],
  [/badCheck$/, "speak.badCheck"],
  [/voided$/, "speak.voided"],
  [/waybill\.used$/, "speak.used"],
];

// word is the key of what a verdict is called, large on the screen and aloud.
export function word(code: string, sayKey: string): string {
  const own = words.filter((w) => w[0].test(sayKey))[0];
  return own && (code === "wrong" || code === "unknown" || code === "duplicate") ? own[1] : spoken[code] || "verdict." + code;
}

function speak(code: string, sayKey: string, sentence?: string): void {
  const synth = window.speechSynthesis;
  if (!speaking || !synth || (!sentence && !spoken[code])) return;
  const u = new SpeechSynthesisUtterance(sentence || text(word(code, sayKey)));
  u.lang = language();
  u.rate = 1.2;
  synth.cancel();
  synth.speak(u);
}

// give makes the sound, touch and word of a verdict; a sentence is spoken whole
// instead of the word.
export function give(code: string, sayKey: string, sentence?: string): void {
  wake();
  const s = signOf(code);
  play(s);
  if (s.vibrate && navigator.vibrate) {
    try {
      navigator.vibrate(s.vibrate);
    } catch (_) {
      // some WebViews forbid it before the first touch
    }
  }
  speak(code, sayKey, sentence);
}
