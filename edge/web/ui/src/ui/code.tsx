// Codes as people read them.

import { useState } from "preact/hooks";
import type { Client } from "../client";
import { text } from "../text";

// Waybill numbers are read in groups of four.
export const grouped = (code: string) => (/^\d{9,16}$/.test(code) ? code.replace(/(\d{4})(?=\d)/g, "$1-") : code);

// Broken lets a code go on in the next line behind a hyphen alone: who compares two
// numbers reads them group by group.
export const Broken = (p: { code: string }) => <>{(p.code.match(/[^-]+-*|-+/g) || []).map((g, n) => [n > 0 && <wbr />, g])}</>;

// CodeView shows the last four of a code; a touch shows it whole, for who must
// type it.
export function CodeView(p: { client: Client; code: string; class?: string }) {
  const [whole, set] = useState(p.client.shownCode === p.code);
  const turn = () => {
    p.client.shownCode = whole ? "" : p.code;
    set(!whole);
  };
  return (
    <button type="button" class={"reveal code " + (p.class || "")} aria-expanded={whole} title={text("item.wholeCode")} aria-label={whole ? p.code : text("item.wholeCode")} onClick={turn}>
      {!whole && <span>{"\u00b7\u00b7\u00b7\u00b7"}</span>}
      {whole ? p.code : p.code.slice(-4)}
    </button>
  );
}
