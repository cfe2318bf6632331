import assert from "node:assert/strict";
import { test } from "node:test";
import { mostPixels } from "../../static/js/imaging/bounds.js";
import { fittedSize, searchQuality } from "../../static/js/imaging/fit.js";
import { readHeader } from "../../static/js/imaging/headers.js";
import { liesOnItsSide, matrix, turned } from "../../static/js/imaging/orientation.js";
import { frame, jpeg, scan } from "./pictures.js";

test("a phone's photo comes to a long side of 2,016, on both sides the same", () => {
  assert.deepEqual(fittedSize(4032, 3024), { width: 2016, height: 1512 });
  assert.deepEqual(fittedSize(3024, 4032), { width: 1512, height: 2016 });
});

test("no picture is enlarged", () => {
  assert.deepEqual(fittedSize(800, 600), { width: 800, height: 600 });
  assert.deepEqual(fittedSize(1, 1), { width: 1, height: 1 });
});

test("a long picture gets a longer side, and none more than four megapixels", () => {
  const long = fittedSize(1500, 6000);
  assert.ok(long.height > 2016 && long.width >= 850);
  for (const [width, height] of [
    [9000, 9000],
    [16000, 12000],
    [1000, 40000],
    [65535, 30],
    [3000, 2900],
  ]) {
    const size = fittedSize(width, height);
    assert.ok(size.width * size.height <= 4000000, `${width} x ${height}`);
    assert.ok(Math.max(size.width, size.height) <= 8192);
    assert.ok(size.width >= 1 && size.height >= 1);
  }
});

/**
 * @param {(quality: number) => number} law
 */
function encoder(law) {
  /** @type {number[]} */
  const tried = [];
  return {
    tried,
    encode(/** @type {number} */ quality) {
      tried.push(quality);
      return Promise.resolve({ size: Math.round(law(quality)), quality });
    },
  };
}

const jpegLaw = (/** @type {number} */ bytes) => (/** @type {number} */ quality) =>
  bytes * (quality < 0.5 ? 0.5 / quality : 2 - 2 * quality) ** -0.62;

test("the quality found fills at least 92 per cent of the limit in few encodes", async () => {
  let most = 0;
  for (const bytes of [110000, 130000, 150000, 180000, 200000, 230000]) {
    const { encode, tried } = encoder(jpegLaw(bytes));
    const best = await searchQuality(encode, 204800);
    assert.ok(best && best.size <= 204800 && best.size >= 0.92 * 204800, `${bytes}: ${best?.size}`);
    most = Math.max(most, tried.length);
  }
  assert.ok(most <= 3, `${most} encodes`);
});

test("a picture too large at the lowest quality gives nothing, one too small the best quality", async () => {
  assert.equal(await searchQuality(encoder(jpegLaw(400000)).encode, 204800), null);
  assert.equal((await searchQuality(encoder(jpegLaw(9000)).encode, 204800))?.quality, 0.95);
});

test("an encoder that follows no law never gets past the limit and comes to an end", async () => {
  const laws = [
    (/** @type {number} */ quality) => (quality > 0.4 ? 300000 : 1000),
    (/** @type {number} */ quality) => (quality > 0.9 ? 300000 : 1000),
    () => 150000,
    (/** @type {number} */ quality) => 200000 + 50000 * Math.sin(90 * quality),
    (/** @type {number} */ quality) => 204800 * Math.exp(40 * (quality - 0.37)),
  ];
  for (const law of laws) {
    const { encode, tried } = encoder(law);
    const best = await searchQuality(encode, 204800);
    assert.ok(best && best.size <= 204800);
    assert.ok(tried.length <= 12);
  }
});

test("four quarter turns lead back to every orientation, and one swaps the sides", () => {
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    assert.equal(turned(orientation, 4), orientation);
    assert.equal(turned(turned(orientation, 1), -1), orientation);
    assert.notEqual(liesOnItsSide(turned(orientation, 1)), liesOnItsSide(orientation));
  }
});

test("a quarter turn clockwise moves each corner as the matrices say", () => {
  const [width, height] = [40, 30];
  const corner = (/** @type {number} */ orientation, /** @type {number} */ w, /** @type {number} */ h) => {
    const [, , , , e, f] = matrix(orientation, w, h);
    return [e, f];
  };
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    const aside = liesOnItsSide(orientation);
    const [shownWidth, shownHeight] = aside ? [height, width] : [width, height];
    const [x, y] = corner(orientation, shownWidth, shownHeight);
    assert.deepEqual(corner(turned(orientation, 1), shownHeight, shownWidth), [shownHeight - y, x]);
  }
});

test("only Chromium decodes huge JPEG files, because only it does so at a reduced scale", () => {
  const chrome = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36";
  const iphone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1";
  const baseline = readHeader(jpeg(frame(9000, 9000), scan));
  assert.equal(mostPixels(baseline, chrome), 210e6);
  assert.equal(mostPixels(baseline, iphone), 60e6);
  assert.equal(mostPixels(readHeader(jpeg(frame(9000, 9000, { marker: 0xc2 }), scan)), chrome), 60e6);
});
