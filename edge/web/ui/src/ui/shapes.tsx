// Shapes that double the colours: each verdict has its own, so that a
// colour-blind worker and a black-and-white photo tell them apart.

import type { ComponentChildren } from "preact";

function Svg(p: { name: string; children: ComponentChildren }) {
  return (
    <svg class={"shape shape-" + p.name} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      {p.children}
    </svg>
  );
}

const question = (
  <g>
    <circle cx="32" cy="32" r="28" class="fill" />
    <path d="M23 25c0-6 4-9 9-9s9 3 9 8c0 6-9 6-9 14" class="ink line" />
    <circle cx="32" cy="47" r="3.5" class="ink-fill" />
  </g>
);

const shapes: { [code: string]: ComponentChildren } = {
  ok: <circle cx="32" cy="32" r="25" class="ring" />,
  done: (
    <g>
      <circle cx="32" cy="32" r="28" class="fill" />
      <path d="M19 33l9 9 17-19" class="ink line" />
    </g>
  ),
  wrong: (
    <g>
      <path d="M20.4 4h23.2L60 20.4v23.2L43.6 60H20.4L4 43.6V20.4z" class="fill" />
      <path d="M22 22l20 20M42 22L22 42" class="ink line" />
    </g>
  ),
  over: (
    <g>
      <path d="M32 5l29 52H3z" class="fill" />
      <path d="M32 25v14" class="ink line" />
      <circle cx="32" cy="48" r="3.5" class="ink-fill" />
    </g>
  ),
  duplicate: (
    <g>
      <rect x="6" y="6" width="36" height="36" class="fill" />
      <rect x="22" y="22" width="36" height="36" class="fill edge" />
    </g>
  ),
  cancelled: (
    <g>
      <rect x="2" y="18" width="60" height="28" class="black" />
      <path d="M8 46l12-28h10L18 46zM28 46l12-28h10L38 46zM48 46l12-28h2v19l-4 9z" class="yellow" />
    </g>
  ),
  hold: (
    <g>
      <rect x="12" y="8" width="15" height="48" class="fill" />
      <rect x="37" y="8" width="15" height="48" class="fill" />
    </g>
  ),
};

export function Shape(p: { code: string }) {
  return <Svg name={p.code}>{shapes[p.code] || question}</Svg>;
}

export function Cloud(p: { off: boolean }) {
  return (
    <svg class={"cloud" + (p.off ? " off" : "")} viewBox="0 0 32 24" aria-hidden="true">
      <path d="M9 21a6.5 6.5 0 0 1-.7-13A8.5 8.5 0 0 1 24.500 9.500 6 6 0 0 1 24 21z" />
      {p.off && <path d="M5 3l22 19" class="slash" />}
    </svg>
  );
}

export function UndoArrow() {
  return (
    <svg class="arrow" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M9 5L4 10l5 5M5 10h9a6 6 0 0 1 0 12h-3" class="line" />
    </svg>
  );
}

// Bar is have of want as blocks, or as one bar where blocks would be too thin.
export function Bar(p: { have: number; want: number }) {
  const n = Math.max(1, p.want);
  const blocks = n <= 12;
  const out = [];
  if (blocks) {
    const w = 240 / n;
    for (let i = 0; i < n; i++) out.push(<rect key={i} x={i * w + 1} y="0" width={w - 2} height="10" class={i < p.have ? "in" : "out"} />);
  } else {
    out.push(<rect key="out" x="0" y="0" width="240" height="10" class="out" />);
    out.push(<rect key="in" x="0" y="0" width={(240 * Math.min(p.have, n)) / n} height="10" class="in" />);
  }
  return (
    <svg class="bar" viewBox="0 0 240 10" preserveAspectRatio="none" aria-hidden="true">
      {out}
    </svg>
  );
}

// pictures are what is to be scanned, drawn.
const pictures: { [kind: string]: string } = {
  tote: "M8 22h80l-9 42H17zM4 22h88M22 34h52M24 46h48",
  location: "M14 6v62M82 6v62M14 20h68M14 40h68M14 60h68M24 30h18v10H24zM54 50h18v10H54z",
  container: "M14 8h68v48H14zM14 24h68M14 40h68M36 8v48M60 8v48M22 62a4 4 0 1 0 8 0a4 4 0 1 0-8 0M66 62a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
  waybill: "M12 16h72v48H12zM12 28h72M24 38v16M29 38v16M33 38v16M40 38v16M44 38v16M51 38v16M58 38v16M62 38v16M70 38v16",
  dock: "M6 16h52v44H6zM58 30h18l14 14v16H58zM20 60a7 7 0 1 0 14 0a7 7 0 1 0-14 0M66 60a7 7 0 1 0 14 0a7 7 0 1 0-14 0",
  weight: "M12 64l8-34h56l8 34zM48 30v-8M30 18h36M40 52h16",
};

export function Picture(p: { kind: string }) {
  const d = pictures[p.kind];
  if (!d) return null;
  return (
    <svg class="picture" viewBox="0 0 96 72" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}
