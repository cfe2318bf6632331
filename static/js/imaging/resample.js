/**
 * A source of fewer pixels, made of another one row by row: what a decoder's own scales cannot give.
 *
 * Separable cubic convolution (Keys 1981, a = -0.5) whose kernel grows with the reduction, so that fine strokes are
 * averaged and not skipped. Holds only the rows that the kernel reaches.
 */

/** @typedef {import("./encoder/layout.js").Source} Source */

const STRIPE_ROWS = 64;

/** @param {number} x */
function cubic(x) {
  if (x >= 2) return 0;
  return x < 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2;
}

/**
 * For each of `to` places, the first of the `from` places it is made of and their weights, which add up to 1.
 * @param {number} from
 * @param {number} to  not more
 */
function kernel(from, to) {
  const scale = from / to;
  const taps = Math.min(from, Math.ceil(4 * scale) + 1);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let place = 0; place < to; place += 1) {
    const centre = (place + 0.5) * scale - 0.5;
    first[place] = Math.min(from - taps, Math.max(0, Math.ceil(centre - 2 * scale)));
    const row = weights.subarray(place * taps, (place + 1) * taps);
    for (let tap = 0; tap < taps; tap += 1) row[tap] = cubic(Math.abs(first[place] + tap - centre) / scale);
    const sum = row.reduce((total, weight) => total + weight, 0);
    for (let tap = 0; tap < taps; tap += 1) row[tap] /= sum;
  }
  return { taps, first, weights };
}

/**
 * @param {Source} source
 * @param {{ width: number, height: number }} size  not larger than the source
 * @returns {Source}
 */
export function resampled(source, { width, height }) {
  const across = kernel(source.width, width);
  const down = kernel(source.height, height);
  const held = Math.min(source.height, down.taps + 2 * STRIPE_ROWS);
  const lines = Array.from({ length: held }, () => new Float32Array(3 * width));
  const stripe = new Uint8Array((STRIPE_ROWS + 1) * source.width * 4);
  let read = 0;

  /** @param {number} until */
  const readOn = async (until) => {
    while (read < until) {
      const rows = Math.min(STRIPE_ROWS, source.height - read);
      // STRIPE_ROWS is even: so is every stripe's first row.
      await source.readRows(read, rows, stripe.subarray(0, rows * source.width * 4));
      for (let row = 0; row < rows; row += 1)
        narrow(stripe, 4 * row * source.width, across, lines[(read + row) % held], width);
      read += rows;
    }
  };

  return {
    ...source,
    width,
    height,
    even: false,
    async readRows(top, rows, target) {
      if (down.first[top] < read - held) read = 0;
      for (let row = 0; row < rows; row += 1) {
        const first = down.first[top + row];
        await readOn(first + down.taps);
        blend(lines, first, down, top + row, target, 4 * row * width, width);
      }
    },
    close: () => source.close(),
  };
}

/**
 * @param {Uint8Array} stripe
 * @param {number} start
 * @param {ReturnType<typeof kernel>} kernel
 * @param {Float32Array} line  red, green, blue
 * @param {number} width
 */
function narrow(stripe, start, { taps, first, weights }, line, width) {
  for (let x = 0, at = 0; x < width; x += 1, at += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let from = start + 4 * first[x];
    for (let tap = x * taps; tap < (x + 1) * taps; tap += 1, from += 4) {
      const weight = weights[tap];
      red += weight * stripe[from];
      green += weight * stripe[from + 1];
      blue += weight * stripe[from + 2];
    }
    line[at] = red;
    line[at + 1] = green;
    line[at + 2] = blue;
  }
}

/**
 * @param {Float32Array[]} lines  a ring
 * @param {number} first  row of the source
 * @param {ReturnType<typeof kernel>} kernel
 * @param {number} row  of the result
 * @param {Uint8Array} target
 * @param {number} start
 * @param {number} width
 */
function blend(lines, first, { taps, weights }, row, target, start, width) {
  const sum = new Float32Array(3 * width);
  for (let tap = 0; tap < taps; tap += 1) {
    const weight = weights[row * taps + tap];
    const line = lines[(first + tap) % lines.length];
    for (let at = 0; at < sum.length; at += 1) sum[at] += weight * line[at];
  }
  for (let x = 0; x < width; x += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const value = sum[3 * x + channel];
      target[start + 4 * x + channel] = value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
    }
    target[start + 4 * x + 3] = 255;
  }
}
