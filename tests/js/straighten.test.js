import assert from "node:assert/strict";
import { test } from "node:test";
import { cropSize, planCrop } from "../../static/js/imaging/crop.js";
import {
  areUsable,
  cornersOf,
  fromUnitSquare,
  isWhole,
  mapped,
  storedPoint,
  turnedCorners,
  WHOLE,
} from "../../static/js/imaging/homography.js";
import { straightened } from "../../static/js/imaging/straighten.js";

/** @typedef {import("../../static/js/imaging/homography.js").Corners} Corners */

/**
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => number[]} colour  of the pixel whose centre is there
 */
function drawn(width, height, colour) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set([...colour(x + 0.5, y + 0.5), 255], 4 * (y * width + x));
  }
  return { width, height, data };
}

/** @param {import("../../static/js/imaging/straighten.js").Source} source */
function read(source) {
  const { width, height } = source;
  const out = new Uint8Array(4 * width * height);
  // In stripes that do not divide the height: rows must not depend on where a stripe begins.
  for (let top = 0; top < height; top += 7) {
    const rows = Math.min(7, height - top);
    const stripe = new Uint8Array(4 * width * rows);
    source.readRows(top, rows, stripe);
    out.set(stripe, 4 * width * top);
  }
  return out;
}

/** @type {Corners} */
const TILTED = [
  [0.2, 0.1],
  [0.85, 0.2],
  [0.95, 0.9],
  [0.1, 0.8],
];

test("corners at the whole frame give every pixel back as it was", () => {
  const raster = drawn(31, 23, (x, y) => [(x * 37) % 256, (y * 91) % 256, (x * y) % 256]);
  const plan = planCrop(31, 23, WHOLE);
  assert.deepEqual(plan.size, { width: 31, height: 23 });
  assert.deepEqual(plan.region, { left: 0, top: 0, width: 31, height: 23 });
  const source = straightened(raster, plan);
  assert.deepEqual([source.width, source.height, source.orientation], [31, 23, 1]);
  assert.deepEqual([...read(source)], [...raster.data]);
});

test("a sheet seen from the side comes back straight, line by line", () => {
  const [width, height] = [600, 480];
  const pixels = /** @type {Corners} */ (TILTED.map(([x, y]) => [x * width, y * height]));
  const onto = fromUnitSquare(pixels);
  // The sheet: four fields of its own colours, between black lines; seen through the map. Found by looking each pixel up
  // with the inverse, which is found by search: the code under test must not be its own judge.
  const inverse = (/** @type {number} */ x, /** @type {number} */ y) => {
    let [u, v] = [0.5, 0.5];
    for (let step = 0; step < 30; step += 1) {
      const [px, py] = mapped(onto, [u, v]);
      const eps = 1e-6;
      const [ux, uy] = mapped(onto, [u + eps, v]);
      const [vx, vy] = mapped(onto, [u, v + eps]);
      const [a, b, c, d] = [(ux - px) / eps, (vx - px) / eps, (uy - py) / eps, (vy - py) / eps];
      const by = a * d - b * c;
      u += (d * (x - px) - b * (y - py)) / by;
      v += (a * (y - py) - c * (x - px)) / by;
    }
    return [u, v];
  };
  const raster = drawn(width, height, (x, y) => {
    const [u, v] = inverse(x, y);
    if (!(u >= 0 && u < 1 && v >= 0 && v < 1)) return [90, 60, 30];
    if (Math.abs(u - 0.5) < 0.02 || Math.abs(v - 0.25) < 0.02) return [0, 0, 0];
    return [u < 0.5 ? 250 : 200, v < 0.25 ? 250 : 150, 220];
  });
  const size = { width: 400, height: 300 };
  const out = read(straightened(raster, { corners: pixels, size }));
  const at = (/** @type {number} */ u, /** @type {number} */ v) => {
    const from = 4 * (Math.floor(v * size.height) * size.width + Math.floor(u * size.width));
    return [...out.subarray(from, from + 3)];
  };
  for (const v of [0.05, 0.15, 0.35, 0.6, 0.95]) {
    assert.ok(at(0.5, v)[0] < 30, "the upright line is black all along");
    assert.ok(at(0.47, v)[0] > 200 && at(0.53, v)[0] > 180, "and nothing beside it is");
  }
  for (const u of [0.05, 0.3, 0.7, 0.95]) {
    assert.ok(at(u, 0.25)[1] < 30);
    assert.deepEqual(at(u, 0.1)[1], 250);
    assert.deepEqual(at(u, 0.8)[1], 150);
  }
  for (const corner of [at(0.01, 0.01), at(0.99, 0.01), at(0.99, 0.99), at(0.01, 0.99)])
    assert.ok(corner[2] > 200, "no corner shows the table");
});

test("fine lines of a finer raster are averaged and not skipped", () => {
  const raster = drawn(800, 40, (x) => (Math.floor(x) % 2 ? [255, 255, 255] : [0, 0, 0]));
  /** @type {Corners} */
  const corners = [
    [0, 0],
    [800, 0],
    [800, 40],
    [0, 40],
  ];
  const out = read(straightened(raster, { corners, size: { width: 421, height: 21 } }));
  const middle = [...out.subarray(4 * 421 * 10 + 80, 4 * 421 * 10 + 1600)].filter(
    (_v, index) => index % 4 === 0,
  );
  assert.ok(
    Math.max(...middle) - Math.min(...middle) < 90,
    "grey all along, without a beat of black and white",
  );
});

test("the sides keep their ratio and nothing is enlarged", () => {
  /** @type {Corners} */
  const half = [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.75, 0.75],
    [0.25, 0.75],
  ];
  assert.deepEqual(cropSize(4000, 3000, half), { width: 2000, height: 1500 });
  const plan = planCrop(4000, 3000, half);
  assert.deepEqual(plan.size, { width: 2000, height: 1500 });
  assert.deepEqual(
    plan.whole,
    { width: 4000, height: 3000 },
    "decoded as large as it is, because only half is used",
  );
  assert.ok(plan.region.width <= 2010 && plan.region.height <= 1510, "and only the part that is used");
  const whole = planCrop(4000, 3000, WHOLE);
  assert.deepEqual(whole.size, { width: 2016, height: 1512 });
  assert.deepEqual(whole.whole, { width: 2016, height: 1512 }, "no larger than the result needs");
  for (const [width, height] of [
    [4032, 3024],
    [3024, 4032],
    [900, 700],
    [12000, 9000],
    [16320, 12240],
  ]) {
    for (const corners of [WHOLE, half, TILTED]) {
      const { size, whole, region } = planCrop(width, height, corners);
      const full = cropSize(width, height, corners);
      assert.ok(size.width <= Math.ceil(full.width) && size.height <= Math.ceil(full.height));
      assert.ok(Math.abs(size.width / size.height - full.width / full.height) < 0.01);
      assert.ok(region.width * region.height <= 12.1e6 && whole.width <= width);
    }
  }
});

test("corners that make no paper are refused", () => {
  assert.ok(areUsable(WHOLE) && areUsable(TILTED));
  assert.equal(areUsable([WHOLE[1], WHOLE[0], WHOLE[3], WHOLE[2]]), false, "mirrored");
  assert.equal(areUsable([WHOLE[0], WHOLE[2], WHOLE[1], WHOLE[3]]), false, "crossed");
  assert.equal(
    areUsable([
      [0, 0],
      [1, 0],
      [0.51, 0.5],
      [0, 1],
    ]),
    false,
    "nearly a triangle",
  );
  assert.equal(
    areUsable([
      [0, 0],
      [1, 0],
      [0.4, 0.4],
      [0, 1],
    ]),
    false,
    "bent in",
  );
  assert.equal(
    areUsable([
      [0.5, 0.5],
      [0.55, 0.5],
      [0.55, 0.55],
      [0.5, 0.55],
    ]),
    false,
    "tiny",
  );
  assert.equal(
    areUsable([
      [-0.1, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ]),
    false,
    "outside",
  );
  assert.deepEqual(cornersOf(JSON.parse(JSON.stringify(TILTED))), TILTED);
  for (const none of [
    null,
    undefined,
    [],
    [1, 2, 3, 4],
    [...TILTED, [0, 0]],
    [
      [0, 0],
      [1, 0],
      [1, Number.NaN],
      [0, 1],
    ],
  ])
    assert.equal(cornersOf(none), null);
  assert.ok(isWhole(WHOLE) && !isWhole(TILTED));
});

test("corners turn with the picture, and lie where the stored picture has them", () => {
  const once = turnedCorners(TILTED, 1);
  assert.ok(areUsable(once), "still clockwise from the top left");
  assert.deepEqual(
    once[0].map((v) => +v.toFixed(6)),
    [0.2, 0.1],
    "bottom left (0.1, 0.8) is at the top left now",
  );
  const back = turnedCorners(once, -1);
  back.forEach((point, index) => {
    for (const axis of [0, 1]) assert.ok(Math.abs(point[axis] - TILTED[index][axis]) < 1e-9);
  });
  assert.deepEqual(storedPoint([0.2, 0.1], 1), [0.2, 0.1]);
  // Orientation 6: the stored picture is turned clockwise to be seen; its top left is then at the top right.
  assert.deepEqual(storedPoint([1, 0], 6).map(Math.abs), [0, 0]);
  assert.deepEqual(storedPoint([1, 0], 8).map(Math.abs), [1, 1]);
});

test("quarter turns are left to the encoder", () => {
  const raster = drawn(8, 4, () => [1, 2, 3]);
  const { corners, size } = planCrop(8, 4, WHOLE);
  assert.equal(straightened(raster, { corners, size, quarterTurns: 1 }).orientation, 6);
  assert.equal(straightened(raster, { corners, size, quarterTurns: -1 }).orientation, 8);
});
