import assert from "node:assert/strict";
import { test } from "node:test";
import { advice, measure } from "../../static/js/imaging/advice/advice.js";
import { averaging } from "../../static/js/imaging/advice/luma.js";

/** @typedef {import("../../static/js/imaging/advice/luma.js").Luma} Luma */

/** Always the same numbers, 0 to 1: Park and Miller's generator. */
function dice(seed = 7) {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/**
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => number} value
 * @returns {Luma}
 */
function drawn(width, height, value) {
  const data = new Uint8Array(width * height);
  for (let at = 0; at < data.length; at += 1)
    data[at] = Math.min(255, Math.max(0, value(at % width, Math.floor(at / width))));
  return { width, height, data };
}

/** A sheet on a table with lines of something like characters, a little grain on all. */
function drawnPage() {
  const [width, height] = [504, 672];
  const next = dice();
  const data = new Uint8Array(width * height);
  for (let at = 0; at < data.length; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    data[at] = (x > 40 && x < 460 && y > 40 && y < 630 ? 215 : 110) + 4 * (next() - 0.5);
  }
  for (let top = 60; top < 600; top += 22) {
    for (let left = 60; left < 430; left += 13) {
      if (next() < 0.08) continue;
      for (let stroke = 0; stroke < 5; stroke += 1) {
        const isAcross = next() < 0.5;
        const from = Math.floor(10 * next());
        for (let step = 0; step < 10; step += 1) {
          const [x, y] = isAcross ? [left + step, top + from] : [left + from, top + step];
          data[y * width + x] = 45;
        }
      }
    }
  }
  return { width, height, data };
}

/**
 * Means over a line of pixels.
 * @param {Luma} luma
 * @param {number} length
 * @param {boolean} isAcross
 * @returns {Luma}
 */
function smeared({ width, height, data }, length, isAcross) {
  const step = isAcross ? 1 : width;
  return drawn(width, height, (x, y) => {
    let sum = 0;
    for (let back = 0; back < length; back += 1) {
      const from = y * width + x - back * step;
      sum += data[from >= 0 && (!isAcross || back <= x) ? from : y * width + x];
    }
    return sum / length;
  });
}

/**
 * @param {Luma} luma
 * @param {number} length
 */
const blurred = (luma, length) =>
  [true, false, true, false].reduce((soft, isAcross) => smeared(soft, length, isAcross), luma);

/** @param {Luma} luma */
const turned = ({ width, height, data }) =>
  drawn(height, width, (x, y) => data[(height - 1 - x) * width + y]);

const PAGE = drawnPage();

test("a good photo is not talked about", () => {
  assert.deepEqual(advice(PAGE, 4032), []);
});

test("one that is out of focus is, and the more so the softer it is", () => {
  const sharp = measure(PAGE).sharpness;
  const soft = measure(blurred(PAGE, 3)).sharpness;
  assert.ok(sharp && soft && sharp.along > 1.5 * soft.along);
  assert.deepEqual(advice(blurred(PAGE, 5), 4032), ["blurred"]);
});

test("one that was moved is soft in one direction only, and that is noticed too", () => {
  const moved = smeared(PAGE, 9, true);
  const { sharpness } = measure(moved);
  assert.ok(sharpness && sharpness.evenness < 0.45);
  assert.deepEqual(advice(moved, 4032), ["blurred"]);
});

test("darkness is told by what should be white", () => {
  const { width, height, data } = PAGE;
  assert.deepEqual(
    advice(
      drawn(width, height, (x, y) => 0.6 * data[y * width + x]),
      4032,
    ),
    [],
  );
  const dark = drawn(width, height, (x, y) => 0.3 * data[y * width + x]);
  assert.deepEqual(advice(dark, 4032), ["dark"]);
});

test("a mirrored lamp is told from a bright sky and from white paper", () => {
  const { width, height, data } = PAGE;
  const lit = (/** @type {number} */ cx, /** @type {number} */ cy) =>
    drawn(width, height, (x, y) => {
      const far = ((x - cx) ** 2 + (y - cy) ** 2) / 60 ** 2;
      return data[y * width + x] + 330 * Math.exp(-far);
    });
  assert.deepEqual(advice(lit(250, 330), 4032), ["glare"]);
  assert.deepEqual(advice(lit(250, 0), 4032), [], "it comes in from the edge");
  const scan = drawn(width, height, (x, y) => (data[y * width + x] > 100 ? 255 : 20));
  assert.deepEqual(advice(scan, 4032), [], "a scan is white all over");
});

test("lines that run up and down make it sideways, either way round", () => {
  const once = turned(PAGE);
  assert.deepEqual(advice(once, 4032), ["sideways"]);
  assert.deepEqual(advice(turned(once), 4032), [], "upside down cannot be told");
  const { upright, sideways } = measure(turned(turned(once))).lines;
  assert.ok(sideways > 3 * upright);
});

test("no more than two things are said, and a picture with nothing in it is left alone", () => {
  const { width, height, data } = turned(PAGE);
  const worst = blurred(
    drawn(width, height, (x, y) => 0.34 * data[y * width + x]),
    2,
  );
  assert.ok(advice(worst, 500).length <= 2);
  assert.equal(
    advice(
      drawn(600, 600, () => 20),
      600,
    )[0],
    "dark",
  );
  assert.deepEqual(
    advice(
      drawn(400, 300, () => 200),
      4032,
    ),
    [],
  );
  assert.deepEqual(
    advice(
      drawn(400, 300, () => 200),
      600,
    ),
    ["small"],
  );
  assert.deepEqual(
    advice(
      drawn(3, 2, () => 200),
      4032,
    ),
    [],
  );
});

/**
 * @param {number} width
 * @param {number} height
 * @param {(at: number) => number} value  of a byte
 */
const pixelsOf = (width, height, value) =>
  Uint8Array.from({ length: 4 * width * height }, (_, at) => value(at));

test("brightness is averaged by area at any ratio", () => {
  const [width, height] = [1008, 756];
  const stripes = pixelsOf(width, height, (at) => ((at >> 2) % 2 ? 255 : 0));
  const averaged = (/** @type {number} */ longSide) => {
    const { luma, add } = averaging({ width, height, order: "rgba" }, longSide);
    add(0, height, stripes);
    return luma;
  };
  const half = averaged(504);
  assert.deepEqual([half.width, half.height], [504, 378]);
  assert.ok(half.data.every((value) => Math.abs(value - 127.5) < 1.5));
  const odd = averaged(700);
  assert.deepEqual([odd.width, odd.height], [700, 525]);
  const mean = odd.data.reduce((sum, value) => sum + value, 0) / odd.data.length;
  assert.ok(Math.abs(mean - 127.5) < 1);
  const { luma, add } = averaging({ width: 2, height: 1, order: "bgra" });
  add(0, 1, Uint8Array.of(0, 0, 255, 255, 0, 255, 0, 255));
  assert.deepEqual([...luma.data], [77, 149], "of red and green");
});

test("the quick averages are the plain ones, in stripes of any height, overlapping and unaligned", () => {
  const next = dice();
  for (const [width, height, step] of [
    [203, 101, 2],
    [90, 61, 3],
    [41, 30, 1],
  ]) {
    const pixels = pixelsOf(width, height, () => Math.floor(256 * next()));
    for (const [order, red, blue] of /** @type {const} */ ([
      ["rgba", 0, 2],
      ["bgra", 2, 0],
    ])) {
      const { luma, add } = averaging({ width, height, order }, width / step);
      for (let top = 0; top < height; top += 7) {
        const from = Math.max(0, top - 1);
        const rows = Math.min(height, top + 7) - from;
        const shifted = new Uint8Array(1 + 4 * width * rows);
        shifted.set(pixels.subarray(4 * width * from, 4 * width * (from + rows)), 1);
        add(from, rows, shifted.subarray(1));
      }
      assert.deepEqual([luma.width, luma.height], [Math.floor(width / step), Math.floor(height / step)]);
      for (let at = 0; at < luma.data.length; at += 1) {
        let sum = 0;
        for (let inside = 0; inside < step * step; inside += 1) {
          const x = (at % luma.width) * step + (inside % step);
          const y = Math.floor(at / luma.width) * step + Math.floor(inside / step);
          const pixel = 4 * (y * width + x);
          sum += 0.299 * pixels[pixel + red] + 0.587 * pixels[pixel + 1] + 0.114 * pixels[pixel + blue];
        }
        const plain = sum / (step * step);
        assert.ok(Math.abs(luma.data[at] - plain) < 0.9, `${luma.data[at]} for ${plain}`);
      }
    }
  }
});
