import assert from "node:assert/strict";
import { test } from "node:test";
import { layOut } from "../../../static/js/imaging/encoder/layout.js";
import { transformBlocks } from "../../../static/js/imaging/encoder/plain/fdct.js";
import { AAN_FACTORS, FDCT_GAIN, ZIGZAG } from "../../../static/js/imaging/encoder/quantisation.js";
import { seeded } from "../pictures.js";
import { page, sourceOf } from "./rasters.js";

/**
 * T.81, A.3.3 in real numbers.
 * @param {(x: number, y: number) => number} sample
 */
function reference(sample) {
  const cosine = (/** @type {number} */ x, /** @type {number} */ u) =>
    Math.cos(((2 * x + 1) * u * Math.PI) / 16) * (u === 0 ? Math.SQRT1_2 : 1);
  return Array.from({ length: 64 }, (_, n) => {
    let sum = 0;
    for (let i = 0; i < 64; i += 1)
      sum += sample(i % 8, i >> 3) * cosine(i % 8, n % 8) * cosine(i >> 3, n >> 3);
    return sum / 4;
  });
}

/** Coefficients of one grey block, in natural order and without what the quantisation still has to divide out. */
function transformed(/** @type {(x: number, y: number) => number} */ sample, orientation = 1) {
  const layout = layOut(sourceOf(page(8, 8), { orientation, grey: true }), false);
  const samples = Int16Array.from({ length: 64 }, (_, i) => 2 * sample(i % 8, i >> 3));
  const coefficients = new Int16Array(64);
  transformBlocks(layout, layout.components[0], coefficients, samples, 0, 8, 0);
  const natural = new Array(64);
  coefficients.forEach((value, k) => {
    const n = ZIGZAG[k];
    natural[n] = value / (FDCT_GAIN * AAN_FACTORS[n >> 3] * AAN_FACTORS[n & 7]);
  });
  return natural;
}

/**
 * @param {number[]} found
 * @param {number[]} expected
 */
function near(found, expected) {
  // The error is a rounding of AAN's numbers; divided by a small factor of theirs it is larger.
  found.forEach((value, n) => {
    const factor = FDCT_GAIN * AAN_FACTORS[n >> 3] * AAN_FACTORS[n & 7];
    assert.ok(Math.abs(value - expected[n]) * factor <= 6, `${n}: ${value}, ${expected[n]}`);
  });
}

test("the transform agrees with real numbers, also for the largest contrasts", () => {
  const random = seeded(3);
  const kinds = [
    () => Math.floor(256 * random()) - 128,
    () => (random() < 0.5 ? -128 : 127),
    (/** @type {number} */ x) => (x % 2 ? 127 : -128),
    () => 127,
  ];
  for (const kind of kinds) {
    for (let round = 0; round < 20; round += 1) {
      const block = Array.from({ length: 64 }, (_, i) => kind(i % 8));
      const sample = (/** @type {number} */ x, /** @type {number} */ y) => block[8 * y + x];
      near(transformed(sample), reference(sample));
    }
  }
});

test("each orientation gives the coefficients of the upright block", () => {
  const random = seeded(4);
  const block = Array.from({ length: 64 }, () => Math.floor(256 * random()) - 128);
  const stored = (/** @type {number} */ x, /** @type {number} */ y) => block[8 * y + x];
  // Where an upright pixel lies in the stored picture (EXIF 2.32, 4.6.4, Orientation).
  /** @type {((x: number, y: number) => number)[]} */
  const upright = [
    (x, y) => stored(x, y),
    (x, y) => stored(7 - x, y),
    (x, y) => stored(7 - x, 7 - y),
    (x, y) => stored(x, 7 - y),
    (x, y) => stored(y, x),
    (x, y) => stored(y, 7 - x),
    (x, y) => stored(7 - y, 7 - x),
    (x, y) => stored(7 - y, x),
  ];
  for (const [i, sample] of upright.entries()) near(transformed(stored, i + 1), reference(sample));
});
