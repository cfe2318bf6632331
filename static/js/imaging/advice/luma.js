/** Brightness alone, at the size at which photos are measured. */

/**
 * @typedef {object} Luma
 * @property {number} width  pixels
 * @property {number} height
 * @property {Uint8Array} data  one byte a pixel, rows without gaps
 */

/** The long side at which the thresholds hold: half of what is sent, so a grain of noise is no stroke any more. */
export const MEASURED_SIDE = 1008;
/** Thousandths, ITU-R BT.601. */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];

/**
 * How much of each pixel goes into which of the result.
 * @param {number} from
 * @param {number} to  not more than `from`
 */
function shares(from, to) {
  const first = new Int32Array(from);
  const share = new Float32Array(from);
  const scale = to / from;
  for (let at = 0; at < from; at += 1) {
    const begin = at * scale;
    const cell = Math.min(to - 1, Math.floor(begin + 1e-9));
    first[at] = cell;
    // The rest lies in the next cell.
    share[at] = Math.min(1, (cell + 1 - begin) / scale);
  }
  return { first, share };
}

/**
 * Averages by area, so that what is finer than a pixel neither vanishes nor shimmers.
 * @param {{ width: number, height: number, data: Uint8Array | Uint8ClampedArray }} raster  RGBA
 * @param {number} [longSide]  smaller pictures stay as they are
 * @returns {Luma}
 */
export function lumaOf({ width, height, data }, longSide = MEASURED_SIDE) {
  const scale = Math.min(1, longSide / Math.max(width, height));
  const [outWidth, outHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const across = shares(width, outWidth);
  const down = shares(height, outHeight);
  const sums = new Float32Array(outWidth * outHeight);
  const line = new Float32Array(outWidth + 1);
  for (let y = 0; y < height; y += 1) {
    line.fill(0);
    for (let x = 0, at = 4 * y * width; x < width; x += 1, at += 4) {
      const value = RED * data[at] + GREEN * data[at + 1] + BLUE * data[at + 2];
      const cell = across.first[x];
      const share = across.share[x];
      line[cell] += value * share;
      line[cell + 1] += value * (1 - share);
    }
    const share = down.share[y];
    const here = down.first[y] * outWidth;
    for (let x = 0; x < outWidth; x += 1) sums[here + x] += line[x] * share;
    if (share < 1 && down.first[y] + 1 < outHeight) {
      for (let x = 0; x < outWidth; x += 1) sums[here + outWidth + x] += line[x] * (1 - share);
    }
  }
  const by = (outWidth / width) * (outHeight / height);
  const out = new Uint8Array(outWidth * outHeight);
  for (let at = 0; at < out.length; at += 1) out[at] = Math.min(255, sums[at] * by + 0.5);
  return { width: outWidth, height: outHeight, data: out };
}
