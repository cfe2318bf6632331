/**
 * How large a straightened crop is, and how much of the photo has to be decoded for it at which scale. Pure.
 *
 * The paper's real ratio of sides cannot be told from four corners without knowing the lens, so the longer of each two
 * opposite sides counts: the nearer edge of the paper keeps its pixels, the farther one is drawn out to it.
 */

import { fittedSize } from "./fit.js";
import { distance } from "./homography.js";

/**
 * @typedef {import("./homography.js").Corners} Corners
 * @typedef {import("./homography.js").Point} Point
 *
 * @typedef {object} CropPlan
 * @property {{ width: number, height: number }} size  of the result, pixels; before quarter turns
 * @property {{ width: number, height: number }} whole  to which the upright picture would be scaled
 * @property {{ left: number, top: number, width: number, height: number }} region  of `whole` that holds the crop
 * @property {Corners} corners  pixels of that region
 */

/** Never decoded larger, however small the crop. */
const MOST_PIXELS = 12000000;
/** The resampling kernel reaches this far beyond the crop. */
const REACH = 3;

/**
 * @param {number} width  of the upright picture, pixels
 * @param {number} height
 * @param {Corners} corners
 * @returns {{ width: number, height: number }}  of the crop at full size
 */
export function cropSize(width, height, corners) {
  const [a, b, c, d] = corners.map(([x, y]) => /** @type {Point} */ ([x * width, y * height]));
  return {
    width: Math.max(distance(a, b), distance(d, c)),
    height: Math.max(distance(a, d), distance(b, c)),
  };
}

/**
 * @param {number} width  of the upright picture, pixels
 * @param {number} height
 * @param {Corners} corners
 * @param {number} [scale]  below 1 for another try after the first was too large
 * @param {number} [mostPixels]  of the region
 * @returns {CropPlan}
 */
export function planCrop(width, height, corners, scale = 1, mostPixels = MOST_PIXELS) {
  const full = cropSize(width, height, corners);
  const long = Math.max(full.width, full.height);
  const fitted = fittedSize(Math.max(1, full.width), Math.max(1, full.height), scale);
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const boxArea = (right - left) * width * (bottom - top) * height;
  // Never more than the photo has, and never more than the bound.
  const most = Math.min(1, Math.sqrt(mostPixels / Math.max(1, boxArea)));
  const ratio = Math.min(Math.max(fitted.width, fitted.height) / long, most);
  const whole = {
    width: Math.max(1, Math.round(width * ratio)),
    height: Math.max(1, Math.round(height * ratio)),
  };
  const from = {
    left: Math.max(0, Math.floor(left * whole.width) - REACH),
    top: Math.max(0, Math.floor(top * whole.height) - REACH),
  };
  const region = {
    ...from,
    width: Math.max(1, Math.min(whole.width, Math.ceil(right * whole.width) + REACH) - from.left),
    height: Math.max(1, Math.min(whole.height, Math.ceil(bottom * whole.height) + REACH) - from.top),
  };
  return {
    size: {
      width: Math.max(1, Math.round(full.width * ratio)),
      height: Math.max(1, Math.round(full.height * ratio)),
    },
    whole,
    region,
    corners: /** @type {Corners} */ (
      corners.map(([x, y]) => [x * whole.width - from.left, y * whole.height - from.top])
    ),
  };
}
