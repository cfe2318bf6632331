import assert from "node:assert/strict";
import { test } from "node:test";
import { measured } from "../../static/js/imaging/advice/measured.js";
import { backdropFor, SIDE } from "../../static/js/imaging/backdrop.js";
import { holdsSomething, refusingOneColour } from "../../static/js/imaging/blank.js";
import { decodingScale, isSmallEnough } from "../../static/js/imaging/fit.js";
import { readHeader, uprightBytes } from "../../static/js/imaging/headers.js";
import { readsProbe } from "../../static/js/imaging/probe.js";
import { hasOtherColours } from "../../static/js/imaging/profile.js";
import { resampled } from "../../static/js/imaging/resample.js";
import { croppedSource } from "../../static/js/workers/sources.js";

/**
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => number[]} colour
 * @returns {import("../../static/js/imaging/encoder/layout.js").Source}
 */
const painted = (width, height, colour) => ({
  width,
  height,
  orientation: 1,
  order: "rgba",
  grey: false,
  even: false,
  readRows(top, rows, target) {
    for (let y = 0; y < rows; y += 1)
      for (let x = 0; x < width; x += 1) target.set([...colour(x, top + y), 255], 4 * (y * width + x));
  },
  close() {},
});

/** @param {import("../../static/js/imaging/encoder/layout.js").Source} source */
async function readAll(source, rows = 64) {
  const line = 4 * source.width;
  const all = new Uint8Array(line * source.height);
  for (let top = 0; top < source.height; top += rows) {
    const count = Math.min(rows, source.height - top);
    await source.readRows(top, count, all.subarray(line * top, line * (top + count)));
  }
  return all;
}

test("the decoder's own scale is taken where it gives about 2,016 pixels, and never more than 5.1 megapixels", () => {
  /** @type {[number, number, number][]} */
  const photos = [
    [4032, 3024, 4],
    [4000, 3000, 4],
    [8000, 6000, 2],
    [1800, 1200, 8],
    [16384, 12288, 1],
    [4032, 1816, 5],
  ];
  for (const [width, height, eighths] of photos) {
    assert.equal(decodingScale(width, height), eighths, `${width} x ${height}`);
    assert.equal(decodingScale(height, width), eighths);
    assert.ok(isSmallEnough((width * eighths) / 8, (height * eighths) / 8));
  }
  // Neither 1,500 nor 3,000 pixels will do.
  assert.equal(decodingScale(12000, 9000), 2);
  assert.ok(!isSmallEnough(3000, 2250));
  assert.ok(!isSmallEnough(2600, 2600));
});

test("a source of fewer pixels keeps colours, edges and the mean, in stripes of any height", async () => {
  const source = painted(301, 205, (x, y) => [x < 150 ? 20 : 220, (x + y) % 2 ? 255 : 0, 77]);
  const size = { width: 200, height: 130 };
  const all = await readAll(resampled(source, size));
  assert.deepEqual(await readAll(resampled(source, size), 17), all);
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    all.subarray(4 * (200 * y + x), 4 * (200 * y + x) + 4);
  assert.ok(Math.abs(at(20, 60)[0] - 20) < 3 && Math.abs(at(180, 60)[0] - 220) < 3);
  for (let y = 0; y < 130; y += 1) assert.ok(Math.abs(at(50, y)[2] - 77) <= 1 && at(50, y)[3] === 255);
  let sum = 0;
  for (let place = 1; place < all.length; place += 4) sum += all[place];
  assert.ok(Math.abs(sum / (200 * 130) - 127.5) < 2, "a chequered board becomes an even grey");
});

test("rows that were passed can be asked for again", async () => {
  const source = resampled(
    painted(64, 900, (_, y) => [y % 256, 0, 0]),
    { width: 32, height: 450 },
  );
  const all = await readAll(source);
  const again = new Uint8Array(4 * 32);
  await source.readRows(3, 1, again);
  assert.deepEqual(again, all.slice(4 * 32 * 3, 4 * 32 * 4));
});

test("one colour is refused where the file must have held more, and a picture passes", async () => {
  await assert.rejects(readAll(refusingOneColour(painted(90, 70, () => [255, 255, 255]))), { code: "blank" });
  await readAll(refusingOneColour(painted(90, 70, (x) => [x > 45 ? 0 : 255, 255, 255])));
  assert.ok(holdsSomething(3000000, 12000000));
  assert.ok(!holdsSomething(150000, 12000000));
});

test("light writing on nothing gets a black backdrop, dark writing a white one", () => {
  const sheet = (/** @type {number} */ value) => {
    const data = new Uint8ClampedArray(4 * SIDE * SIDE);
    for (let at = 0; at < data.length; at += 4 * 7) data.set([value, value, value, 255], at);
    return data;
  };
  assert.equal(backdropFor(sheet(250)), "#000");
  assert.equal(backdropFor(sheet(20)), "#fff");
  assert.equal(backdropFor(new Uint8ClampedArray(4 * SIDE * SIDE).fill(255)), "#fff");
});

test("the tiny picture tells a decoder that gives it as stored from those that turn or do not scale it", async () => {
  const colours = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ];
  const right = painted(32, 24, (x, y) => colours[(y < 12 ? 0 : 2) + (x < 16 ? 0 : 1)]);
  /** @type {number[]} */
  const orientations = [];
  const reads = (/** @type {typeof right} */ source) =>
    readsProbe((bytes) => {
      orientations.push(readHeader(bytes).orientation);
      return Promise.resolve(source);
    });
  assert.equal(await reads(right), true);
  assert.equal(await reads({ ...right, order: "bgra" }), false);
  assert.equal(await reads(painted(24, 32, () => [255, 0, 0])), false);
  assert.equal(await reads(painted(64, 48, () => [255, 0, 0])), false);
  assert.equal(await reads(painted(32, 24, () => [255, 255, 255])), false);
  assert.deepEqual(new Set(orientations), new Set([1]), "nothing is left for a decoder to turn");
});

/** @param {number[][]} primaries  red, green, blue */
function withProfile(primaries) {
  const profile = new Uint8Array(132 + 3 * 12 + 3 * 20);
  const view = new DataView(profile.buffer);
  profile.set(new TextEncoder().encode("RGB "), 16);
  view.setUint32(128, 3);
  ["rXYZ", "gXYZ", "bXYZ"].forEach((name, index) => {
    const at = 168 + 20 * index;
    profile.set(new TextEncoder().encode(name), 132 + 12 * index);
    view.setUint32(136 + 12 * index, at);
    for (const [i, value] of primaries[index].entries())
      view.setInt32(at + 8 + 4 * i, Math.round(value * 65536));
  });
  const body = [...new TextEncoder().encode("ICC_PROFILE\0"), 1, 1, ...profile];
  return Uint8Array.of(
    0xff,
    0xd8,
    0xff,
    0xe2,
    (body.length + 2) >> 8,
    (body.length + 2) & 255,
    ...body,
    0xff,
    0xd9,
  );
}

test("a profile that says sRGB changes nothing, and one of a wider gamut does", () => {
  const standard = [
    [0.43607, 0.22249, 0.01392],
    [0.38515, 0.71687, 0.09708],
    [0.14307, 0.06061, 0.7141],
  ];
  const wide = [
    [0.51512, 0.2412, -0.00105],
    [0.29198, 0.69225, 0.04189],
    [0.1571, 0.06657, 0.78407],
  ];
  assert.equal(hasOtherColours(withProfile(standard)), false);
  assert.equal(hasOtherColours(withProfile(wide)), true);
  assert.equal(hasOtherColours(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)), false);
  const cut = withProfile(standard).slice(0, 60);
  assert.equal(typeof hasOtherColours(cut), "boolean");
});

test("advice on rows that pass by is that on lines of writing, however they lie", async () => {
  const lines = painted(1600, 1200, (x, y) => {
    const ink = y % 24 < 10 && (x * 7 + (y >> 4) * 13) % 23 < 9 && x % 9 < 6;
    return ink ? [30, 30, 30] : [240, 240, 240];
  });
  const upright = measured(lines);
  const sideways = measured({ ...lines, orientation: 6 });
  for (const { source } of [upright, sideways]) await readAll(source);
  assert.ok(!upright.advise(1600).includes("sideways"));
  assert.ok(sideways.advise(1600).includes("sideways"));
});

test("cutting out the turn leaves the file as long as it was", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5);
  const header = { ...readHeader(bytes), turnedBy: [{ start: 1, end: 3, instead: new Uint8Array(2) }] };
  assert.deepEqual([...uprightBytes(bytes, header)], [1, 0, 0, 4, 5]);
});

test("a crop is cut where it is seen, however the photo lies, and comes out turned", async () => {
  // Upright 48 x 64 by orientation 6: what is stored at the left is seen at the top.
  const stored = painted(64, 48, (x, y) => [x < 32 ? 250 : 10, y < 24 ? 10 : 250, 100]);
  /** @type {import("../../static/js/imaging/homography.js").Corners} */
  const corners = [
    [0.5, 0.25],
    [1, 0.25],
    [1, 0.75],
    [0.5, 0.75],
  ];
  const source = await croppedSource(stored, 6, corners, { width: 24, height: 32 }, 1);
  const pixels = await readAll(source);
  assert.deepEqual([source.width, source.height, source.orientation], [24, 32, 6]);
  const at = (/** @type {number} */ x, /** @type {number} */ y) => [
    ...pixels.subarray(4 * (24 * y + x), 4 * (24 * y + x) + 2),
  ];
  // The right half of what is seen is the stored upper half.
  assert.deepEqual(at(12, 4), [250, 10]);
  assert.deepEqual(at(12, 28), [10, 10]);
});
