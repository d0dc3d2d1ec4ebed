// Draws ZPL files with zpl-renderer-js (zebrash), an independent renderer.
// node render.mjs PATH-OF-THE-PACKAGE a.8.zpl b.12.zpl ...   writes a.8.png b.12.png ...
// The number in the name is the resolution in dots per millimetre.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const dir = process.argv[2];
const meta = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8'));
const { ready } = await import(pathToFileURL(path.join(dir, meta.module || meta.main)).href);
const { api } = await ready;
for (const file of process.argv.slice(3)) {
  const zpl = fs.readFileSync(file, 'utf8');
  const dots = Number(file.match(/\.(\d+)\.zpl$/)[1]);
  const mm = (command) => Number(zpl.match(new RegExp(`\\${command}(\\d+)`))[1]) / dots;
  const png = await api.zplToBase64Async(zpl, mm('^PW'), mm('^LL'), dots);
  fs.writeFileSync(file.replace(/zpl$/, 'png'), Buffer.from(png, 'base64'));
}
process.exit(0);
