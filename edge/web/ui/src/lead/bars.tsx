// A bar code on a printed page.

import { bars } from "../code128";

export function Bars(p: { code: string }) {
  const b = bars(p.code);
  if (!b) return null;
  return (
    <svg class="bars-code" viewBox={"0 0 " + b.width + " 40"} preserveAspectRatio="none" style={{ width: (b.width * 0.33).toFixed(1) + "mm" }} role="img" aria-label={p.code}>
      {b.list.map(([at, width]) => (
        <rect key={at} x={at} y="0" width={width} height="40" />
      ))}
    </svg>
  );
}
