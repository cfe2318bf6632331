import assert from "node:assert/strict";
import { test } from "node:test";
import { bitsOf, fillCodes, optimalTable } from "../../../static/js/imaging/encoder/huffman.js";
import { seeded } from "../pictures.js";

/**
 * Fewest bits that codes of at most 16 bits can take (package-merge), with one more leaf of the least weight for the
 * code that JPEG reserves. Weights of the reserved one are not counted.
 * @param {number[]} counts  those that are not 0
 */
function fewestBits(counts) {
  // A weight that rounds to nothing beside the others.
  const leaves = [1e-6, ...counts].sort((a, b) => a - b);
  /** @type {number[]} */
  let packages = [];
  for (let length = 0; length < 16; length += 1) {
    const merged = [...leaves, ...packages].sort((a, b) => a - b);
    packages = [];
    for (let i = 0; i + 1 < merged.length; i += 2) packages.push(merged[i] + merged[i + 1]);
  }
  return Math.round(packages.slice(0, leaves.length - 1).reduce((sum, one) => sum + one, 0));
}

/** @param {Uint32Array} counts */
function coded(counts) {
  const table = optimalTable(counts);
  assert.ok(table);
  const codes = new Uint32Array(256);
  fillCodes(table, codes);
  const symbols = Array.from(counts.keys()).filter((symbol) => counts[symbol] > 0);
  const bits = symbols.reduce((sum, symbol) => sum + counts[symbol] * (codes[symbol] >> 16), 0);
  const words = symbols.map((symbol) =>
    (codes[symbol] & 0xffff).toString(2).padStart(codes[symbol] >> 16, "0"),
  );
  return { table, symbols, words, bits };
}

/** @param {(symbol: number) => number} law */
const countsBy = (law) => Uint32Array.from({ length: 256 }, (_, symbol) => law(symbol));

test("codes are as short as codes of at most sixteen bits can be, or next to it where the limit is felt", () => {
  const random = seeded(5);
  const laws = [
    () => Math.floor(1000 * random()),
    (/** @type {number} */ symbol) => Math.floor(100000 / (symbol + 1)),
    () => (random() < 0.05 ? Math.ceil(1e6 * random() ** 8) : 0),
    (/** @type {number} */ symbol) => (symbol < 3 ? 7 : 0),
  ];
  for (const law of laws) {
    for (let round = 0; round < 5; round += 1) {
      const counts = countsBy(law);
      if (counts.every((count) => count === 0)) continue;
      const { bits } = coded(counts);
      const fewest = fewestBits(Array.from(counts).filter((count) => count > 0));
      const total = counts.reduce((sum, count) => sum + count, 0);
      // The reserved code has the weight of one symbol, and K.2's cut is not quite the best one.
      assert.ok(bits >= fewest && bits <= fewest + Math.max(16, total / 2000), `${bits}, ${fewest}`);
    }
  }
});

test("no code is longer than sixteen bits, begins another or is all ones, whatever the counts", () => {
  const fibonacci = [1, 1];
  while (fibonacci.length < 30) fibonacci.push((fibonacci.at(-1) ?? 0) + (fibonacci.at(-2) ?? 0));
  const random = seeded(6);
  const laws = [
    (/** @type {number} */ symbol) => fibonacci[symbol] ?? 0,
    (/** @type {number} */ symbol) => 2 ** Math.min(20, symbol % 24),
    (/** @type {number} */ symbol) => (symbol === 77 ? 5 : 0),
    () => Math.floor(2 ** (22 * random())),
    () => 1,
  ];
  for (const law of laws) {
    const { table, words, symbols } = coded(countsBy(law));
    assert.ok(words.every((word) => word.length <= 16 && word.includes("0")));
    const sorted = [...words].sort();
    sorted.forEach((word, i) => {
      assert.ok(i === 0 || !word.startsWith(sorted[i - 1]), word);
    });
    assert.equal(
      table.bits.reduce((sum, count) => sum + count, 0),
      symbols.length,
    );
  }
});

test("nothing counted gives no table", () => {
  assert.equal(optimalTable(new Uint32Array(256)), null);
});

test("the bits that follow a symbol count: a category's, and those of a run of ended blocks", () => {
  const once = (/** @type {number} */ symbol) => {
    const counts = countsBy((n) => (n === symbol ? 1 : 0));
    const table = optimalTable(counts);
    return table ? bitsOf(table, counts) - 1 : 0;
  };
  assert.deepEqual([0x00, 0xf0, 0x05, 0x3a, 0x10, 0xe0].map(once), [0, 0, 5, 10, 1, 14]);
});
