/** Small rasters as an encoder may meet them, and sources over them. */

import { seeded } from "../pictures.js";

/**
 * @typedef {object} Raster
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} pixels  RGBA
 */

/**
 * Paper with a shadow, lines of strokes, a red seal, and a camera's noise; `noise` 128 is nothing but noise.
 * @param {number} width
 * @param {number} height
 * @param {{ seed?: number, noise?: number }} [look]
 * @returns {Raster}
 */
export function page(width, height, { seed = 1, noise = 6 } = {}) {
  const random = seeded(seed);
  const pixels = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const shadow = 240 - (60 * x) / width - (20 * y) / height;
      const stroke = y % 17 < 11 && random() < 0.3 + 0.2 * Math.sin(x / 5);
      const seal = Math.abs(Math.hypot(x - 0.7 * width, y - 0.6 * height) - 0.15 * width) < 3;
      const colour = seal
        ? [200, 40, 30]
        : stroke && x % 40 < 33
          ? [50, 50, 60]
          : [shadow, shadow - 4, shadow - 12];
      for (let c = 0; c < 3; c += 1) {
        const value = noise >= 128 ? 256 * random() : colour[c] + noise * (2 * random() - 1);
        pixels[4 * (y * width + x) + c] = Math.min(255, Math.max(0, value));
      }
      pixels[4 * (y * width + x) + 3] = 255;
    }
  }
  return { width, height, pixels };
}

/**
 * @param {Raster} raster
 * @param {{ orientation?: number, grey?: boolean, even?: boolean, order?: "rgba" | "bgra" }} [how]
 */
export function sourceOf(
  { width, height, pixels },
  { orientation = 1, grey = false, even = false, order = "rgba" } = {},
) {
  const source = {
    width,
    height,
    orientation,
    order,
    grey,
    even,
    closed: 0,
    /** @type {[number, number][]} */
    asked: [],
    readRows(/** @type {number} */ top, /** @type {number} */ rows, /** @type {Uint8Array} */ target) {
      source.asked.push([top, rows]);
      const wanted = pixels.subarray(4 * top * width, 4 * (top + rows) * width);
      if (wanted.length !== target.length) throw new Error("rows that are not there");
      target.set(wanted);
    },
    close() {
      source.closed += 1;
    },
  };
  return source;
}

/**
 * @param {Raster} raster
 * @returns {Raster}  with red and blue exchanged
 */
export function blueFirst({ width, height, pixels }) {
  const swapped = pixels.map((_, i) => pixels[i % 4 === 0 ? i + 2 : i % 4 === 2 ? i - 2 : i]);
  return { width, height, pixels: swapped };
}
