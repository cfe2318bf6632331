/** Brightness alone, at the size at which photos are measured, averaged from rows as they come by. */

/**
 * @typedef {object} Luma
 * @property {number} width  pixels
 * @property {number} height
 * @property {Uint8Array} data  one byte a pixel, rows without gaps
 *
 * @typedef {object} Averaging
 * @property {Luma} luma  whole after the last row
 * @property {(top: number, rows: number, pixels: Uint8Array) => void} add  four bytes a pixel; stripes from top to bottom,
 *   which may overlap
 *
 * @typedef {{ width: number, height: number, order: "rgba" | "bgra" }} Size
 * @typedef {(words: Int32Array, at: number, left: number) => number} Take  One word a pixel: machines that run browsers
 *   are little-endian. `at`: the next row's first pixel; `left`: rows from there. Says how many it took
 */

/** The long side at which the thresholds hold: half of what is sent, so a grain of noise is no stroke any more. */
export const MEASURED_SIDE = 1008;
/** So far from it n x n pixels are averaged, n being a whole number, which is several times as quick. */
const NEAR = 0.25;
/** ITU-R BT.601, in 256ths. */
const [RED, GREEN, BLUE] = [77, 150, 29];
const GREENS = 0xff00;
const OTHERS = 0xff00ff;

/**
 * Averages by area, so that what is finer than a pixel neither vanishes nor shimmers.
 * @param {Size} size
 * @param {number} [longSide]  smaller pictures stay as they are
 * @returns {Averaging}
 */
export function averaging(size, longSide = MEASURED_SIDE) {
  const { width, height } = size;
  const ratio = Math.max(1, Math.max(width, height) / longSide);
  const step = Math.round(ratio);
  const isNear = Math.abs(ratio / step - 1) <= NEAR;
  const [outWidth, outHeight] = [width, height].map((side) =>
    Math.max(1, isNear ? Math.floor(side / step) : Math.round(side / ratio)),
  );
  const luma = { width: outWidth, height: outHeight, data: new Uint8Array(outWidth * outHeight) };
  const take = isNear ? takeWhole(size, luma, step) : takeShares(size, luma);
  const wanted = isNear ? Math.min(height, outHeight * step) : height;
  let next = 0;
  return {
    luma,
    add(top, rows, pixels) {
      const aligned = pixels.byteOffset % 4 === 0 ? pixels : pixels.slice();
      const words = new Int32Array(aligned.buffer, aligned.byteOffset, rows * width);
      const end = Math.min(wanted, top + rows);
      while (next < end) next += take(words, (next - top) * width, end - next);
    },
  };
}

/**
 * @param {Size} size
 * @param {Luma} luma
 * @param {number} step  pixels of the source along a pixel's side
 * @returns {Take}
 */
function takeWhole({ width, order }, { width: outWidth, data }, step) {
  const [low, high] = order === "rgba" ? [RED, BLUE] : [BLUE, RED];
  const sums = new Int32Array(outWidth);
  const share = 1 / (step * step * (RED + GREEN + BLUE));
  let out = 0;
  let row = 0;
  return (words, at, left) => {
    if (step === 2 && row === 0 && left > 1) {
      takePair(words, at, at + width, data.subarray(out, out + outWidth), low, high);
      out += outWidth;
      return 2;
    }
    for (let x = 0, from = at; x < outWidth; x += 1) {
      let sum = 0;
      for (const end = from + step; from < end; from += 1) {
        const word = words[from];
        sum += low * (word & 255) + GREEN * ((word >> 8) & 255) + high * ((word >> 16) & 255);
      }
      sums[x] += sum;
    }
    row += 1;
    if (row < step) return 1;
    for (let x = 0; x < outWidth; x += 1) data[out + x] = sums[x] * share + 0.5;
    sums.fill(0);
    out += outWidth;
    row = 0;
    return 1;
  };
}

/**
 * The usual case: 2 x 2 pixels, red and blue added in one word.
 * @param {Int32Array} words
 * @param {number} upper  first pixel of the row
 * @param {number} lower
 * @param {Uint8Array} line
 * @param {number} low  weight of the lowest byte
 * @param {number} high
 */
function takePair(words, upper, lower, line, low, high) {
  for (let x = 0; x < line.length; x += 1) {
    const a = words[upper + 2 * x];
    const b = words[upper + 2 * x + 1];
    const c = words[lower + 2 * x];
    const d = words[lower + 2 * x + 1];
    const others = (a & OTHERS) + (b & OTHERS) + (c & OTHERS) + (d & OTHERS);
    const greens = ((a & GREENS) + (b & GREENS) + (c & GREENS) + (d & GREENS)) >> 8;
    line[x] = (low * (others & 0xffff) + GREEN * greens + high * (others >> 16) + 512) >> 10;
  }
}

/**
 * How much of each pixel goes into which of the result; the rest lies in the next one.
 * @param {number} from
 * @param {number} to  not more than `from`
 */
function shares(from, to) {
  const cell = new Int32Array(from);
  const share = new Float32Array(from);
  const scale = to / from;
  for (let at = 0; at < from; at += 1) {
    cell[at] = Math.min(to - 1, Math.floor(at * scale + 1e-9));
    share[at] = Math.min(1, (cell[at] + 1 - at * scale) / scale);
  }
  return { cell, share };
}

/**
 * @param {Size} size
 * @param {Luma} luma
 * @returns {Take}
 */
function takeShares({ width, height, order }, { width: outWidth, height: outHeight, data }) {
  const [low, high] = order === "rgba" ? [RED, BLUE] : [BLUE, RED];
  const across = shares(width, outWidth);
  const down = shares(height, outHeight);
  const by = ((outWidth / width) * (outHeight / height)) / (RED + GREEN + BLUE);
  const line = new Float32Array(outWidth + 1);
  const sums = new Float32Array(outWidth);
  let y = 0;
  return (words, at) => {
    line.fill(0);
    for (let x = 0; x < width; x += 1) {
      const word = words[at + x];
      const value = low * (word & 255) + GREEN * ((word >> 8) & 255) + high * ((word >> 16) & 255);
      const part = value * across.share[x];
      line[across.cell[x]] += part;
      line[across.cell[x] + 1] += value - part;
    }
    const share = down.share[y];
    const out = down.cell[y] * outWidth;
    y += 1;
    const isLast = y === height || down.cell[y] * outWidth !== out;
    for (let x = 0; x < outWidth; x += 1) {
      sums[x] += line[x] * share;
      if (!isLast) continue;
      data[out + x] = Math.min(255, sums[x] * by + 0.5);
      sums[x] = line[x] * (1 - share);
    }
    return 1;
  };
}
