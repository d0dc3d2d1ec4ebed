// Loads the rules of the floor and answers each line of standard input.
import { readFileSync } from "node:fs";
const [exec, wasm] = process.argv.slice(2);
(0, eval)(readFileSync(exec, "utf8"));
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(readFileSync(wasm), go.importObject);
go.run(instance);
for (const line of readFileSync(0, "utf8").split("\n")) console.log(globalThis.floorDo(line));
process.exit(0);
