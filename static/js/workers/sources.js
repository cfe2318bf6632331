/** Sources of pixels put behind one another in the worker. */

import { storedPoint } from "../imaging/homography.js";
import { turned } from "../imaging/orientation.js";
import { straightened } from "../imaging/straighten.js";

/**
 * @typedef {import("../imaging/encoder/layout.js").Source} Source
 * @typedef {import("../imaging/homography.js").Corners} Corners
 */

const STRIPE_ROWS = 64;

/**
 * @param {Source} source  as stored
 * @param {number} orientation  EXIF's
 * @param {number} quarterTurns  clockwise, once it is upright
 * @returns {Source}
 */
export const turnedSource = (source, orientation, quarterTurns) => ({
  ...source,
  orientation: turned(orientation, quarterTurns),
});

/**
 * The part of a stored picture that holds a crop, laid flat. Only that part is held, and the source is closed.
 * @param {Source} source  as stored
 * @param {number} orientation
 * @param {Corners} corners  of the upright picture, whose sides are 1
 * @param {{ width: number, height: number }} size  of the crop before quarter turns, pixels
 * @param {number} quarterTurns
 * @returns {Promise<Source>}
 */
export async function croppedSource(source, orientation, corners, size, quarterTurns) {
  const stored = corners.map((corner) => storedPoint(corner, orientation));
  const rows = stored.map(([, y]) => y * source.height);
  const top = Math.max(0, 2 * Math.floor((Math.min(...rows) - 4) / 2));
  const bottom = Math.min(source.height, Math.ceil(Math.max(...rows) + 4));
  const data = new Uint8Array(4 * source.width * (bottom - top));
  for (let row = top; row < bottom; row += STRIPE_ROWS) {
    const count = Math.min(STRIPE_ROWS, bottom - row);
    const from = 4 * source.width * (row - top);
    await source.readRows(row, count, data.subarray(from, from + 4 * source.width * count));
  }
  source.close();
  const pixels = stored.map(([x, y]) => [x * source.width, y * source.height - top]);
  const raster = { width: source.width, height: bottom - top, data };
  const crop = { corners: /** @type {Corners} */ (pixels), size, quarterTurns };
  return { ...straightened(raster, crop), order: source.order };
}
