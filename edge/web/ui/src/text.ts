// Texts in the worker's language. The edge sends keys and arguments, never
// prose; every text is in i18n/*.json, which a Go test holds together.

import en from "./i18n/en.json";
import ja from "./i18n/ja.json";
import ko from "./i18n/ko.json";
import { load, save } from "./store";
import type { Args, Article, Names, Say } from "./types";

type Texts = { [key: string]: string };

const all: { [language: string]: Texts } = { ko, ja, en };
export const languages = ["ko", "ja", "en"];

let current = "ko";

// language is what screens are in: what was chosen for this session, at its
// login or in it, else the worker's own, else the browser's.
export const language = (): string => current;

export function setLanguage(workers?: string): void {
  const wanted = [load<string>("language", ""), workers || "", (navigator.language || "").slice(0, 2), "ko"];
  current = wanted.filter((l) => l in all)[0];
  document.documentElement.lang = current;
}

export function chooseLanguage(l: string): void {
  save("language", l);
  setLanguage();
}

// keepLanguage ties what was chosen to a session that begins; what another one
// left behind is forgotten.
export function keepLanguage(session: string): void {
  const of = load<string>("languageOf", "");
  if (of !== "" && of !== session) save("language", "");
  save("languageOf", session);
}

// forgetLanguage ends with the session: the next worker has a language of their
// own. What was chosen for a login that is to come stays.
export function forgetLanguage(): void {
  if (load<string>("languageOf", "") !== "") save("language", "");
  save("languageOf", "");
}

export function has(key: string): boolean {
  return key in all[current];
}

// text fills {name} in the text of a key, and takes the first word of
// {name:line|lines} where that number is 1, else the second. A key that is not there shows itself:
// better than nothing, and the test keeps it from happening.
export function text(key: string, args?: Args): string {
  const t = all[current][key];
  if (t === undefined) return key;
  if (!args) return t;
  return particles(
    t
      .replace(/\{(\w+):([^|}]*)\|([^}]*)\}/g, (_, name, one, many) => (String(args[name]) === "1" ? one : many))
      .replace(/\{(\w+)\}/g, (_, name) => (name in args ? String(args[name]) : "")),
  );
}

// particles settles "\uc740(\ub294)", "\uc774(\uac00)", "\uc744(\ub97c)" and "(\uc73c)\ub85c" by how the word before them ends when it is
// read aloud: in a consonant or not.
function particles(t: string): string {
  return t
    .replace(/(.)([\uc740\uc774\uc744])\(([\ub294\uac00\ub97c])\)/g, (_, last, closed, open) => last + (final(last) > 0 ? closed : open))
    .replace(/(.)\(\uc73c\)\ub85c/g, (_, last) => last + (final(last) > 0 && final(last) !== rieul ? "\uc73c\ub85c" : "\ub85c"));
}

const rieul = 8; // among the final consonants of a syllable

// final is the final consonant with which a letter or digit ends; 0 is none.
function final(c: string): number {
  const n = c.charCodeAt(0) - 0xac00;
  if (n >= 0 && n < 11172) return n % 28;
  return { "0": 21, "1": rieul, "3": 16, "6": 1, "7": rieul, "8": rieul, L: rieul, M: 16, N: 4, R: rieul }[c.toUpperCase()] || 0;
}

// either gives the text of prefix+code, or the code itself: for codes that
// others make (carriers, reasons).
export function either(prefix: string, code: string | undefined): string {
  if (!code) return "";
  return has(prefix + code) ? text(prefix + code) : code;
}

// failure says why a call was not done, in words where its code has some.
export function failure(code: string): string {
  if (has("problem." + code)) return text("problem." + code);
  return text("lead.failed", { code: either("verdict.", code) });
}

// named are the arguments of a say that are codes with a text of their own.
const named: { [arg: string]: string } = {
  kind: "kind.", action: "action.", role: "role.", state: "printer.", reason: "held.", carrier: "carrier.", code: "label.", grade: "grade.", why: "noWork.",
};

// sayText is a say in words; articles are named where they are known.
export function sayText(say: Say, articles: Article[] = []): string {
  const args: Args = {};
  for (const k of Object.keys(say.args || {})) {
    const v = (say.args as Args)[k];
    const of = k === "scanned" || k === "expected" ? articles.filter((a) => a.sku === v && a.name)[0] : undefined;
    if (of) {
      args[k] = articleName(of);
      continue;
    }
    if (k === "scanned" && say.key === "load.wrongTrip") {
      args[k] = trips(say.args || {}).scanned;
      continue;
    }
    if ((k === "at" || k === "since") && typeof v === "string") {
      args[k] = clockOf(v);
      continue;
    }
    const prefix = say.key === "pack.insert" ? "extra." : named[k];
    args[k] = prefix && typeof v === "string" ? either(prefix, v) : v;
  }
  // Only a lead who was called to this screen is asked for that role here.
  if (say.key === "role.missing" && (say.args || {}).role === "lead") return text("approve.refused");
  const key = "say." + say.key;
  if (!has(key)) return say.key;
  const until = args.why && args.at ? " " + args.at : "";
  const since = args.why && args.since ? " \u00b7 " + text("noWork.since", { at: args.since }) : "";
  return text(key, args) + until + since;
}

// trips are the two trips of a box that goes with another: where they are the same one,
// the day and the hour tell them apart.
export function trips(a: Args): { expected: string; scanned: string } {
  const when = (name: string, at: string) => (a.expected === a.scanned && a[at] ? [a[name], dayOf(String(a[at]))].join(" ") : String(a[name] || ""));
  return { expected: when("expected", "expectedAt"), scanned: when("scanned", "scannedAt") };
}

// dayOf shows an instant by its day, hour and minute, as the edge wrote it.
const dayOf = (at: string): string => at.replace(/^\d{4}-(\d\d-\d\d)T(\d\d:\d\d).*$/, "$1 $2");

// alike tells that two texts say the same words: how a sentence ends, its case and its
// stops add nothing.
export const alike = (a: string, b: string): boolean => bare(a) === bare(b);

const bare = (t: string): string => t.toLowerCase().replace(/[\s.,\u3002\u3001]+/g, "").replace(/(\uc785\ub2c8\ub2e4|\ud569\ub2c8\ub2e4|\u3067\u3059|\u307e\u3059)$/, "");

// articleName is an article as people know it.
export const articleName = (a: Article): string => [nameIn(a.name), nameIn(a.variant)].join(" ").trim();

// clockOf shows an instant by its hour and minute as the edge wrote it; another
// day than today with its date.
export function clockOf(at: string): string {
  const m = /^\d{4}-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(at);
  if (!m) return at;
  const old = Date.now() - Date.parse(at) > 18 * 3600 * 1000;
  return old ? m[1] + "-" + m[2] + " " + m[3] : m[3];
}

// nameIn picks a name in the screen's language.
export function nameIn(n: Names | undefined): string {
  if (!n) return "";
  return n[current] || n.en || n.ko || n.ja || n[Object.keys(n)[0]] || "";
}
