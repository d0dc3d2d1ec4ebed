// Ids of messages: UUIDv7 by the edge's clock (RFC 9562, 5.7). Within one
// device they only grow, also within a millisecond and when the clock steps
// back a little.

import { edgeNow } from "./time";

let last = 0;
let count = 0;

export function newID(): string {
  const now = edgeNow();
  if (now > last || last - now > 60000) {
    last = now;
    count = 0;
  } else if (++count > 0xfff) {
    last++;
    count = 0;
  }
  const b = new Uint8Array(16);
  crypto.getRandomValues(b);
  let ms = Math.floor(last);
  for (let i = 5; i >= 0; i--) {
    b[i] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  b[6] = 0x70 | (count >> 8);
  b[7] = count & 0xff;
  b[8] = 0x80 | (b[8] & 0x3f);
  let s = "";
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) s += "-";
    s += (b[i] < 16 ? "0" : "") + b[i].toString(16);
  }
  return s;
}
