/**
 * Quantisation tables made for text (T.81, A.3.4).
 *
 * Text lives in the middle and high frequencies that the tables of T.81, K.1 punish, so luma is flat. DC and the first
 * AC are finer: coarse ones show as mottling of blank paper, and they cost little there. Chroma stays near K.2.
 *
 * The step of coefficient n (natural order) at zigzag position k is, at a scale s,
 *
 *     min(255, max(1, floor(s * weight[n] + fraction(k * 0.618034))))
 *
 * Each entry rounds at another point, so that even a flat table moves in steps of 1/64 and a size can be met. The
 * server makes the same tables (webapp/photos/encoding.py; a test holds them equal).
 */

/** Natural index of each zigzag position (T.81, figure A.6). */
export const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5],
  ...[12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28],
  ...[35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51],
  ...[58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
);

/** T.81, table K.2; from the fifth row on all are 99. */
const STANDARD_CHROMA = [
  ...[17, 18, 24, 47, 99, 99, 99, 99],
  ...[18, 21, 26, 66, 99, 99, 99, 99],
  ...[24, 26, 56, 99, 99, 99, 99, 99],
  ...[47, 66, 99, 99, 99, 99, 99, 99],
];

const FINER_AC = [1, 2, 8, 9, 16];

/** Of luma and chroma, natural order. */
const WEIGHTS = [
  Array.from({ length: 64 }, (_, n) => (n === 0 ? 0.5 : FINER_AC.includes(n) ? 0.8 : 1)),
  Array.from({ length: 64 }, (_, n) => (n === 0 ? 0.5 : (STANDARD_CHROMA[n] ?? 99) / 17)),
];

/** cos(k pi / 16) * sqrt(2) for k > 0: what AAN's FDCT leaves to the quantisation, by row and by column. */
export const AAN_FACTORS = [1, 1.387039845, 1.306562965, 1.175875602, 1, 0.785694958, 0.5411961, 0.275899379];
/** What the FDCT's results are multiplied by besides: 2 from the colour conversion, 8 from AAN. */
export const FDCT_GAIN = 16;

/** By coefficient, natural order: where its step rounds, and what the FDCT has multiplied it by. */
const DITHER = new Float64Array(64);
const GAIN = Float64Array.from(
  { length: 64 },
  (_, n) => FDCT_GAIN * AAN_FACTORS[n >> 3] * AAN_FACTORS[n & 7],
);
ZIGZAG.forEach((n, k) => {
  DITHER[n] = (k * 0.618034) % 1;
});

/**
 * @typedef {object} Tables
 * @property {Uint8Array} steps  64 of luma and 64 of chroma, natural order
 * @property {Uint16Array} reciprocals  2^shift / (step * 16 * AAN's factors), rounded; likewise
 * @property {Uint32Array} shifts  of luma and chroma
 */

/**
 * @param {number} scale
 * @returns {Tables}
 */
export function tablesAt(scale) {
  const steps = new Uint8Array(128);
  const reciprocals = new Uint16Array(128);
  const shifts = new Uint32Array(2);
  for (const [table, weights] of WEIGHTS.entries()) {
    const at = 64 * table;
    let largest = 0;
    for (let n = 0; n < 64; n += 1) {
      steps[at + n] = Math.min(255, Math.max(1, Math.floor(scale * weights[n] + DITHER[n])));
      largest = Math.max(largest, 1 / (steps[at + n] * GAIN[n]));
    }
    // As many bits as 16 hold: a product with a coefficient then fits 32.
    let shift = 16;
    while (shift < 29 && largest * 2 ** (shift + 1) < 65535) shift += 1;
    for (let n = 0; n < 64; n += 1) reciprocals[at + n] = Math.round(2 ** shift / (steps[at + n] * GAIN[n]));
    shifts[table] = shift;
  }
  return { steps, reciprocals, shifts };
}
