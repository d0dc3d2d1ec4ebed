// How long ago and how much, in words.

import { text } from "../text";
import { edgeNow } from "../time";

export function span(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return text("lead.seconds", { n: s });
  const m = Math.floor(s / 60);
  if (m < 90) return text("ui.minutes", { n: m });
  const h = Math.floor(m / 60);
  if (h < 48) return text("ui.hours", { h, m: m % 60 });
  return text("lead.days", { n: Math.floor(h / 24) });
}

export function age(since: string | undefined): string {
  const at = since ? Date.parse(since) : NaN;
  return isNaN(at) ? "" : span((edgeNow() - at) / 1000);
}

// count groups thousands.
export const count = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
