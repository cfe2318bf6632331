/**
 * Four corners of a paper in a photo, and the plane projective map (homography) that lays it flat.
 * Hartley and Zisserman, Multiple View Geometry, 2nd edition, section 2.3; the closed form for the unit square is
 * Heckbert's (Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3). Pure.
 */

import { matrix } from "./orientation.js";

/**
 * @typedef {[number, number]} Point  x to the right and y downwards
 * @typedef {[Point, Point, Point, Point]} Corners  top left, top right, bottom right, bottom left: what becomes the
 *   corners of the result. In the upright picture, before any quarter turn, whose sides are 1
 * @typedef {[number, number, number, number, number, number, number, number, number]} Homography  three rows of three
 */

/** @type {Corners} */
export const WHOLE = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

/** Below this share of the picture a crop is a slip of the finger. */
const LEAST_AREA = 0.01;
/** Sine of the angle at a corner: flatter ones would be drawn out of next to nothing. */
const LEAST_SINE = 0.17;

/**
 * @param {Point} a
 * @param {Point} b
 * @param {Point} c
 */
const cross = ([ax, ay], [bx, by], [cx, cy]) => (bx - ax) * (cy - by) - (by - ay) * (cx - bx);

/**
 * @param {Point} a
 * @param {Point} b
 */
export const distance = ([ax, ay], [bx, by]) => Math.hypot(bx - ax, by - ay);

/** @param {readonly Point[]} corners  in order round the shape */
export function area(corners) {
  let twice = 0;
  corners.forEach(([x, y], index) => {
    const [nextX, nextY] = corners[(index + 1) % corners.length];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}

/**
 * Whether a result can be made of these: inside the picture, convex, clockwise, no corner nearly straight, and big enough.
 * @param {Corners} corners
 */
export function areUsable(corners) {
  const inside = corners.every((point) => point.every((value) => value >= 0 && value <= 1));
  if (!inside || area(corners) < LEAST_AREA) return false;
  return corners.every((corner, index) => {
    const before = corners[(index + 3) % 4];
    const after = corners[(index + 1) % 4];
    const sides = distance(before, corner) * distance(corner, after);
    return sides > 0 && cross(before, corner, after) / sides >= LEAST_SINE;
  });
}

/**
 * Corners as they come from storage or another module; null where they are none.
 * @param {unknown} value
 * @returns {Corners | null}
 */
export function cornersOf(value) {
  const isPoint = (/** @type {unknown} */ point) =>
    Array.isArray(point) && point.length === 2 && point.every((one) => Number.isFinite(one));
  if (!Array.isArray(value) || value.length !== 4 || !value.every(isPoint)) return null;
  const corners = /** @type {Corners} */ (value);
  return areUsable(corners) ? corners : null;
}

/** @param {Corners} corners */
export const isWhole = (corners) =>
  corners.every((point, index) => distance(point, /** @type {Point} */ (WHOLE[index])) < 1e-6);

/**
 * The map that takes the unit square's corners to these.
 * @param {Corners} corners
 * @returns {Homography}
 */
export function fromUnitSquare([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]) {
  const dx1 = x1 - x2;
  const dx2 = x3 - x2;
  const dy1 = y1 - y2;
  const dy2 = y3 - y2;
  const sx = x0 - x1 + x2 - x3;
  const sy = y0 - y1 + y2 - y3;
  const by = dx1 * dy2 - dx2 * dy1;
  const g = (sx * dy2 - dx2 * sy) / by;
  const h = (dx1 * sy - sx * dy1) / by;
  return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1];
}

/**
 * @param {Homography} map
 * @param {Point} point
 * @returns {Point}
 */
export function mapped([a, b, c, d, e, f, g, h, i], [x, y]) {
  const w = g * x + h * y + i;
  return [(a * x + b * y + c) / w, (d * x + e * y + f) / w];
}

/**
 * Where a point of the upright picture lies in the stored one, both with sides of 1.
 * @param {Point} point
 * @param {number} orientation  EXIF's, 1 to 8
 * @returns {Point}
 */
export function storedPoint([x, y], orientation) {
  const [a, b, c, d, e, f] = matrix(orientation, 1, 1);
  const by = a * d - b * c;
  return [(d * (x - e) - c * (y - f)) / by, (a * (y - f) - b * (x - e)) / by];
}

/**
 * Where a point of the upright picture is seen after quarter turns, both with sides of 1.
 * @param {Point} point
 * @param {number} quarterTurns  clockwise; negative ones lead back
 * @returns {Point}
 */
export function turnedPoint([x, y], quarterTurns) {
  switch (((quarterTurns % 4) + 4) % 4) {
    case 1:
      return [1 - y, x];
    case 2:
      return [1 - x, 1 - y];
    case 3:
      return [y, 1 - x];
    default:
      return [x, y];
  }
}

/**
 * Corners as they are seen after quarter turns, the first again at the top left.
 * @param {Corners} corners
 * @param {number} quarterTurns
 * @returns {Corners}
 */
export function turnedCorners(corners, quarterTurns) {
  const turns = ((quarterTurns % 4) + 4) % 4;
  const points = corners.map((point) => turnedPoint(point, turns));
  // After one turn clockwise the corner that was at the bottom left is at the top left.
  return /** @type {Corners} */ ([0, 1, 2, 3].map((index) => points[(index + 4 - turns) % 4]));
}

/**
 * A crop that comes out turned: its corners begin elsewhere, and its sides change places.
 * @param {{ corners: Corners, size: { width: number, height: number } }} crop
 * @param {number} quarterTurns
 */
export function cornersAfter({ corners, size: { width, height } }, quarterTurns) {
  const turns = ((quarterTurns % 4) + 4) % 4;
  return {
    corners: /** @type {Corners} */ ([0, 1, 2, 3].map((index) => corners[(index + 4 - turns) % 4])),
    size: turns % 2 ? { width: height, height: width } : { width, height },
  };
}
