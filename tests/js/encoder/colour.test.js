import assert from "node:assert/strict";
import { test } from "node:test";
import { layOut } from "../../../static/js/imaging/encoder/layout.js";
import { convertTwoRows } from "../../../static/js/imaging/encoder/plain/colour.js";
import { blueFirst, page, sourceOf } from "./rasters.js";

const WIDTH = 64;

/** JFIF 1.01 in real numbers, doubled and centred. */
const float = {
  y: (/** @type {number[]} */ [r, g, b]) => 2 * (0.299 * r + 0.587 * g + 0.114 * b - 128),
  cb: (/** @type {number[]} */ [r, g, b]) => 2 * (-0.168735892 * r - 0.331264108 * g + 0.5 * b),
  cr: (/** @type {number[]} */ [r, g, b]) => 2 * (0.5 * r - 0.418687589 * g - 0.081312411 * b),
};

/**
 * @param {import("./rasters.js").Raster} raster  of two rows
 * @param {{ grey?: boolean, order?: "rgba" | "bgra" }} [how]
 */
function converted(raster, how) {
  const layout = layOut(sourceOf(raster, how), false);
  const luma = new Int16Array(2 * WIDTH);
  const chroma = [new Int16Array(WIDTH / 2), new Int16Array(WIDTH / 2)];
  const pixels = new Uint32Array(raster.pixels.buffer);
  convertTwoRows(layout, pixels.subarray(0, WIDTH), pixels.subarray(WIDTH), luma, 0, chroma, 0);
  return { luma, chroma };
}

test("luma and averaged chroma are within one step of real numbers", () => {
  for (const noise of [6, 128]) {
    const raster = page(WIDTH, 2, { noise });
    const colour = (/** @type {number} */ x, /** @type {number} */ y) =>
      Array.from(raster.pixels.subarray(4 * (y * WIDTH + x), 4 * (y * WIDTH + x) + 3));
    const { luma, chroma } = converted(raster);
    for (let i = 0; i < 2 * WIDTH; i += 1) {
      assert.ok(Math.abs(luma[i] - float.y(colour(i % WIDTH, i >> 6))) <= 0.55, `luma at ${i}`);
    }
    for (let x = 0; x < WIDTH / 2; x += 1) {
      const four = [colour(2 * x, 0), colour(2 * x + 1, 0), colour(2 * x, 1), colour(2 * x + 1, 1)];
      for (const [i, of] of [float.cb, float.cr].entries()) {
        const mean = four.reduce((sum, one) => sum + of(one), 0) / 4;
        assert.ok(Math.abs(chroma[i][x] - mean) <= 0.55, `chroma ${i} at ${x}: ${chroma[i][x]}, ${mean}`);
      }
    }
  }
});

test("black and white are the ends of luma and have no colour", () => {
  const pixels = Uint8Array.from({ length: 8 * WIDTH }, (_, i) => (i < 4 * WIDTH ? 0 : 255));
  const { luma, chroma } = converted({ width: WIDTH, height: 2, pixels });
  assert.deepEqual([luma[0], luma[WIDTH]], [-256, 254]);
  assert.deepEqual([chroma[0][0], chroma[1][0]], [0, 0]);
});

test("the order of red and blue is the source's, and grey is luma alone", () => {
  const raster = page(WIDTH, 2, { noise: 128 });
  const expected = converted(raster);
  const wrong = converted(blueFirst(raster));
  assert.notDeepEqual(wrong.chroma, expected.chroma);
  assert.deepEqual(converted(blueFirst(raster), { order: "bgra" }), expected);

  const grey = converted(raster, { grey: true });
  assert.deepEqual(grey.luma, expected.luma);
  assert.ok(grey.chroma[0].every((value) => value === 0));
});
