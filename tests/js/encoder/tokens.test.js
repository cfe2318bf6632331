import assert from "node:assert/strict";
import { test } from "node:test";
import { layOut } from "../../../static/js/imaging/encoder/layout.js";
import { writeSegment } from "../../../static/js/imaging/encoder/plain/bits.js";
import { Tokeniser } from "../../../static/js/imaging/encoder/plain/tokens.js";
import { AAN_FACTORS, FDCT_GAIN, tablesAt, ZIGZAG } from "../../../static/js/imaging/encoder/quantisation.js";
import { seeded } from "../pictures.js";
import { page, sourceOf } from "./rasters.js";

const SIDE = 64;
const BLOCKS = 64;

/** Grey blocks of which most coefficients are small, some rows are empty, and some blocks are all zero. */
function blocks(/** @type {number} */ seed, reach = 400) {
  const random = seeded(seed);
  return Int16Array.from({ length: 64 * BLOCKS }, (_, i) => {
    if ((i >> 6) % 5 === 3) return 0;
    return Math.round(26000 * (2 * random() - 1) * random() ** (i % 64 ? (20 * reach) / 400 : 2));
  });
}

/** @param {{ progressive: boolean, room?: number, coefficients: Int16Array }} how */
function tokeniser({ progressive, room = 100000, coefficients }) {
  const layout = layOut(sourceOf(page(SIDE, SIDE), { grey: true }), progressive);
  return new Tokeniser(layout, [coefficients], new Uint32Array(room), new Uint32Array(room), room);
}

/** @param {number} token */
const parts = (token) => ({
  bits: token >>> 28,
  table: (token >>> 24) & 15,
  symbol: (token >>> 16) & 255,
  following: token & 0xffff,
});

/**
 * The number whose category and bits these are (T.81, EXTEND, figure F.12).
 * @param {number} following
 * @param {number} category
 */
const extended = (following, category) =>
  category > 0 && following < 1 << (category - 1) ? following - (1 << category) + 1 : following;

/**
 * Reads the tokens as a decoder would (F.2.2, G.2), in zigzag order.
 * @param {import("../../../static/js/imaging/encoder/plain/tokens.js").Stream[]} scans
 * @param {[number, number][]} bands
 */
function expanded(scans, bands) {
  const found = new Int32Array(64 * BLOCKS);
  for (const [scan, [first, last]] of bands.entries()) {
    const { tokens, from, to } = scans[scan];
    let at = from;
    let prediction = 0;
    let ended = 0;
    for (let block = 0; block < BLOCKS; block += 1) {
      if (first === 0) {
        const { following, symbol } = parts(tokens[at++]);
        prediction += extended(following, symbol);
        found[64 * block] = prediction;
      }
      if (ended > 0) {
        ended -= 1;
        continue;
      }
      for (let k = Math.max(1, first); k <= last; k += 1) {
        const { symbol, following } = parts(tokens[at++]);
        const category = symbol & 15;
        if (category === 0 && symbol !== 0xf0) {
          ended = (1 << (symbol >> 4)) + following - 1;
          break;
        }
        k += symbol >> 4;
        if (category > 0) found[64 * block + k] = extended(following, category);
      }
    }
    assert.equal(at, to, "all tokens are read");
  }
  return found;
}

/** Quantised in real numbers, zigzag order; and how near to the middle between two steps each one is. */
function quantised(/** @type {Int16Array} */ coefficients, /** @type {Uint8Array} */ steps) {
  return Array.from(coefficients, (value, i) => {
    const n = ZIGZAG[i % 64];
    return value / (FDCT_GAIN * AAN_FACTORS[n >> 3] * AAN_FACTORS[n & 7] * steps[n]);
  });
}

for (const progressive of [false, true]) {
  test(`${progressive ? "progressive" : "sequential"} tokens are the quantised coefficients`, () => {
    /** @type {[number, number][]} */
    const bands = progressive
      ? [
          [0, 0],
          [1, 5],
          [6, 63],
        ]
      : [[0, 63]];
    for (const scale of [3, 17.3, 250]) {
      const coefficients = blocks(7);
      const tables = tablesAt(scale);
      const tokens = tokeniser({ progressive, coefficients });
      tokens.quantiseBy(tables);
      assert.deepEqual(tokens.tokenise(1), { seen: BLOCKS, units: BLOCKS });

      const found = expanded(tokens.scans, bands);

      quantised(coefficients, tables.steps).forEach((exact, i) => {
        // Reciprocals have 16 bits: next to the middle between two steps either is right.
        assert.ok(
          Math.abs(found[i] - exact) <= 0.5 + Math.abs(exact) / 16384 + 0.001,
          `${i}: ${found[i]}, ${exact}`,
        );
      });
    }
  });
}

test("as many symbols are counted as are made", () => {
  const tokens = tokeniser({ progressive: true, coefficients: blocks(8) });
  tokens.quantiseBy(tablesAt(9));
  tokens.tokenise(1);
  const made = tokens.scans.reduce((sum, { from, to }) => sum + to - from, 0);
  assert.equal(
    tokens.frequencies.reduce((sum, count) => sum + count, 0),
    made,
  );
});

test("a sample sees about its share, and a picture without room for its tokens is not seen whole", () => {
  const coefficients = blocks(9);
  const tokens = tokeniser({ progressive: false, coefficients });
  tokens.quantiseBy(tablesAt(9));
  const { seen } = tokens.tokenise(6);
  assert.ok(seen >= 7 && seen <= 15, `${seen} of ${BLOCKS}`);

  const narrow = tokeniser({ progressive: false, coefficients, room: 1024 + 100 });
  narrow.quantiseBy(tablesAt(9));
  assert.ok(narrow.tokenise(1).seen < BLOCKS);
});

test("bits are codes and what follows them, ones at the end, and a zero after each FF", () => {
  const random = seeded(10);
  const codes = Uint32Array.from({ length: 256 }, (_, symbol) => {
    const length = 1 + (symbol % 16);
    return (length << 16) | (symbol % 3 ? (1 << length) - 1 : Math.floor(2 ** length * random()));
  });
  let bits = "";
  const tokens = Uint32Array.from({ length: 500 }, () => {
    const [symbol, following] = [Math.floor(256 * random()), Math.floor(16 * random())];
    const value = Math.floor(2 ** following * random());
    const code = codes[symbol];
    bits += (code & 0xffff).toString(2).padStart(code >> 16, "0");
    if (following) bits += value.toString(2).padStart(following, "0");
    return (following << 28) | (symbol << 16) | value;
  });
  const expected = [];
  for (let i = 0; i < bits.length; i += 8) {
    const byte = Number.parseInt(bits.slice(i, i + 8).padEnd(8, "1"), 2);
    expected.push(byte, ...(byte === 255 ? [0] : []));
  }
  assert.ok(expected.includes(255));

  const output = new Uint8Array(expected.length + 100);
  const length = writeSegment(tokens, 0, tokens.length, codes, output);

  assert.deepEqual(Array.from(output.subarray(0, length)), expected);
  assert.equal(writeSegment(tokens, 0, tokens.length, codes, new Uint8Array(300)), 0);
});
