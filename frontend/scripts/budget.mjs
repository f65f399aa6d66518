/** Weighs the built JavaScript, compressed, against what each part of the product may cost. */

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const SHELL_KB = 280;
const STUDIO_KB = SHELL_KB + 90;

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));
const weights = new Map();

function weigh(file) {
  if (!weights.has(file)) weights.set(file, gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length);
  return weights.get(file);
}

/** Every chunk that must be there before this entry can run. */
function needed(key, found = new Set()) {
  const chunk = manifest[key];
  if (chunk === undefined || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const next of chunk.imports ?? []) needed(next, found);
  return found;
}

function total(files) {
  return [...files].reduce((sum, file) => sum + weigh(file), 0) / 1000;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const studio = Object.keys(manifest).find((key) => key.endsWith("studio/StudioPage.tsx"));
const shell = needed(entry);
const whole = new Set([...shell, ...needed(studio)]);
const rows = [
  ["shell", total(shell), SHELL_KB],
  ["with the studio", total(whole), STUDIO_KB],
];
for (const [name, weight, most] of rows) {
  console.log(`${name.padEnd(16)} ${weight.toFixed(1).padStart(7)} kB of ${most} kB`);
}
if (rows.some(([, weight, most]) => weight > most)) {
  console.error("Over budget. Load what is not needed at first lazily, or leave it out.");
  process.exit(1);
}
