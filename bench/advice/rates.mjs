/**
 * Hits and false alarms of the advice on a set of make_set.py:
 *
 *     node bench/advice/rates.mjs SET [seed,seed]     only these seeds; 0 are the camera photos and documents
 */

import { readFileSync } from "node:fs";
import { adviceFrom, measure } from "../../static/js/imaging/advice/advice.js";

const [set, seeds] = process.argv.slice(2);
const rows = JSON.parse(readFileSync(`${set}/set.json`, "utf8"));
const wanted = seeds?.split(",").map(Number);
/** @type {Map<string, { n: number, codes: Record<string, number>, names: string[] }>} */
const groups = new Map();
for (const row of rows) {
  if (wanted && !wanted.includes(row.seed)) continue;
  const data = new Uint8Array(readFileSync(`${set}/${row.file}`));
  const codes = adviceFrom(measure({ width: row.width, height: row.height, data }), 4032);
  const key = `${row.seed === 0 ? row.kind : "drawn"} ${row.fault} ${row.strength}`;
  const group = groups.get(key) ?? { n: 0, codes: {}, names: [] };
  group.n += 1;
  for (const code of codes) group.codes[code] = (group.codes[code] ?? 0) + 1;
  if (row.fault === "none" && codes.length > 0) group.names.push(`${row.name}: ${codes}`);
  groups.set(key, group);
}
for (const [key, { n, codes, names }] of [...groups].sort()) {
  const shares = Object.entries(codes).map(([code, count]) => `${code} ${((100 * count) / n).toFixed(0)} %`);
  process.stdout.write(`${key.padEnd(24)} n ${String(n).padStart(3)}  ${shares.join("  ")}\n`);
  for (const name of names) process.stdout.write(`    ${name}\n`);
}
