// Draws a ZPL label as a PNG: node render.mjs WIDTH_MM HEIGHT_MM DOTS_PER_MM <in.zpl >out.png
// The renderer is not ours and shares no code with the edge or the simulated
// printer; that is why the tests ask it.
import { readFileSync, writeFileSync } from "node:fs";
import { ready } from "zpl-renderer-js";

const [width, height, dots] = process.argv.slice(2).map(Number);
if (!(width > 0 && height > 0 && dots > 0)) {
  console.error("use: render.mjs WIDTH_MM HEIGHT_MM DOTS_PER_MM <in.zpl >out.png");
  process.exit(2);
}
const { api } = await ready;
const label = await api.zplToBase64Async(readFileSync(0, "utf8"), width, height, dots);
writeFileSync(1, Buffer.from(label, "base64"));
process.exit(0); // the renderer's WebAssembly keeps the process alive
