// The edge's clock as this device knows it. Ids, cut-offs and ages count by it,
// never by the device's own clock, which may be wrong by days.

import { load, save } from "./store";

let ahead = load<number>("clock.ahead", 0); // ms that the edge is ahead of this device
let zone = load<number>("clock.zone", -new Date().getTimezoneOffset()); // minutes east of UTC, the site's

// setEdgeTime takes an edgeTime (RFC 3339 with the site's offset) that has just arrived.
export function setEdgeTime(text: string): void {
  const at = Date.parse(text);
  if (isNaN(at)) return;
  ahead = at - Date.now();
  const m = /([+-])(\d\d):(\d\d)$/.exec(text);
  zone = m ? (m[1] === "-" ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) : 0;
  save("clock.ahead", ahead);
  save("clock.zone", zone);
}

export function edgeNow(): number {
  return Date.now() + ahead;
}

const two = (n: number) => (n < 10 ? "0" + n : String(n));

// stamp writes an instant as the contract wants it, in the site's zone.
export function stamp(ms: number): string {
  const local = new Date(ms + zone * 60000).toISOString().slice(0, -1);
  const off = Math.abs(zone);
  return local + (zone < 0 ? "-" : "+") + two(Math.floor(off / 60)) + ":" + two(off % 60);
}

// clock gives HH:MM in the site's zone.
export function clock(ms: number): string {
  const d = new Date(ms + zone * 60000);
  return two(d.getUTCHours()) + ":" + two(d.getUTCMinutes());
}

// lastAt is when the site's clocks last showed HH:MM.
export function lastAt(hhmm: string): number {
  const [h, m] = hhmm.split(":").map(Number);
  const day = 24 * 60 * 60000;
  const here = edgeNow() + zone * 60000;
  const at = here - (here % day) + (h * 60 + m) * 60000;
  return (at > here ? at - day : at) - zone * 60000;
}

// Cutoff is what a screen says of a cut-off: its clock time, and the minutes
// that are left where that is a matter of today.
export interface Cutoff { at: string; minutes?: number; late: boolean; soon: boolean }

export function cutoff(text: string | undefined): Cutoff | undefined {
  const at = text ? Date.parse(text) : NaN;
  if (isNaN(at)) return undefined;
  const minutes = Math.floor((at - edgeNow()) / 60000);
  const today = Math.abs(minutes) < 24 * 60;
  const d = new Date(at + zone * 60000);
  return {
    at: today ? clock(at) : two(d.getUTCMonth() + 1) + "-" + two(d.getUTCDate()) + " " + clock(at),
    minutes: today ? minutes : undefined,
    late: today && minutes < 0,
    soon: today && minutes >= 0 && minutes < 30,
  };
}
