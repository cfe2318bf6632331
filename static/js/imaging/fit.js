/** How large a shrunk picture is, and the search for the best quality that fits. Pure; knows no canvas. */

const LONG_SIDE = 2016;
/** The area of a 4:3 photo with that long side: longer pictures keep it, so that their writing stays as large. */
const AREA = 2016 * 1512;
const MOST_PIXELS = 4000000;
/** Beyond it some engines give an empty canvas whatever the area. */
const LONGEST_SIDE = 8192;

const BEST_QUALITY = 0.95;
const WORST_QUALITY = 0.35;
const FIRST_QUALITY = 0.66;
const STEP = 0.01;
/** A result with at least this share of the allowed bytes is good enough to stop at. */
const FULL_ENOUGH = 0.92;
const AIM = 0.965;
/** From this try on the interval is halved: a size that follows no law must not keep the search from its end. */
const GUESSES = 4;
const MOST_ENCODES = 12;

/**
 * @param {number} width  pixels
 * @param {number} height
 * @param {number} [scale]  below 1 for another try after the first was too large
 * @returns {{ width: number, height: number }}  never larger than what came in
 */
export function fittedSize(width, height, scale = 1) {
  const long = Math.max(width, height);
  const ratio = long / Math.min(width, height);
  const wanted = Math.min(
    Math.max(LONG_SIDE, Math.sqrt(AREA * ratio)),
    Math.sqrt(MOST_PIXELS * ratio),
    LONGEST_SIDE,
    long,
  );
  const factor = (wanted * scale) / long;
  return {
    width: Math.max(1, Math.floor(width * factor + 1e-6)),
    height: Math.max(1, Math.floor(height * factor + 1e-6)),
  };
}

/** A decoder's own scale is taken as it comes from here on: another resampling would cost more legibility. */
const LEAST_DECODED = 1800 / LONG_SIDE;
const MOST_DECODED = 2600 / LONG_SIDE;
const MOST_DECODED_PIXELS = 5100000;

/**
 * Whether a decoded picture needs no more resampling.
 * @param {number} width  pixels
 * @param {number} height
 */
export function isSmallEnough(width, height) {
  const long = Math.max(width, height);
  const wanted = Math.max(LONG_SIDE, Math.sqrt((AREA * long) / Math.min(width, height)));
  return width * height <= MOST_DECODED_PIXELS && long <= Math.min(LONGEST_SIDE, MOST_DECODED * wanted);
}

/**
 * The scale at which a JPEG is decoded: of those that need no resampling the one whose size is nearest to what is
 * wanted, else the smallest that is large enough.
 * @param {number} width  pixels
 * @param {number} height
 * @param {number} [scale]  as in fittedSize
 * @returns {number}  eighths, 1 to 8
 */
export function decodingScale(width, height, scale = 1) {
  const long = Math.max(width, height);
  const fitted = fittedSize(width, height, scale);
  const wanted = Math.max(fitted.width, fitted.height);
  const least = (/** @type {number} */ eighths) =>
    (long * eighths) / 8 >= (scale === 1 ? LEAST_DECODED : 1) * wanted - 1e-6;
  const enough = [1, 2, 3, 4, 5, 6, 7, 8].filter(least);
  const whole = enough.filter(
    (eighths) => scale === 1 && isSmallEnough((width * eighths) / 8, (height * eighths) / 8),
  );
  const off = (/** @type {number} */ eighths) => Math.abs(Math.log((long * eighths) / 8 / wanted));
  return whole.sort((a, b) => off(a) - off(b))[0] ?? enough[0] ?? 8;
}

/** The common encoders multiply their tables by this for a quality from 0 to 1 (libjpeg's jpeg_quality_scaling).
 * @param {number} quality
 */
const tableScale = (quality) => (quality < 0.5 ? 0.5 / quality : 2 - 2 * quality);

/** @param {number} scale */
const qualityOf = (scale) => (scale > 1 ? 0.5 / scale : 1 - scale / 2);

/** @typedef {{ quality: number, size: number }} Try */

/**
 * Where ln(bytes) over ln(table scale) says that `aim` lies: along the line through the two tries, or with the slope
 * of an ordinary photo while there is one.
 * @param {Try[]} tries
 * @param {number} aim  bytes
 */
function guess(tries, aim) {
  const last = tries[tries.length - 1];
  const before = tries[tries.length - 2];
  let slope = -0.62;
  if (before) {
    const run = Math.log(tableScale(last.quality) / tableScale(before.quality));
    const measured = Math.log(last.size / before.size) / run;
    if (measured < -0.2 && measured > -2) slope = measured;
  }
  return qualityOf(tableScale(last.quality) * (aim / last.size) ** (1 / slope));
}

/**
 * The best quality whose result is at most `maxBytes`; bisection between the best that fits and the least that does
 * not, each step guessed from the sizes seen.
 * @template {{ size: number }} T
 * @param {(quality: number) => Promise<T>} encode
 * @param {number} maxBytes
 * @returns {Promise<T | null>}  null when even the lowest quality is too large
 */
export async function searchQuality(encode, maxBytes) {
  /** @type {T | null} */
  let best = null;
  let fits = WORST_QUALITY - STEP;
  let over = BEST_QUALITY + STEP;
  let quality = FIRST_QUALITY;
  /** @type {Try[]} */
  const tries = [];
  for (let encodes = 0; encodes < MOST_ENCODES; encodes += 1) {
    const result = await encode(quality);
    tries.push({ quality, size: result.size });
    if (result.size > maxBytes) {
      over = Math.min(over, quality);
    } else {
      fits = Math.max(fits, quality);
      if (!best || result.size > best.size) best = result;
      if (result.size >= FULL_ENOUGH * maxBytes) break;
    }
    const low = fits + STEP;
    const high = over - STEP;
    if (low > high + STEP / 2) break;
    const next = tries.length < GUESSES ? guess(tries, AIM * maxBytes) : (low + high) / 2;
    const wanted = Math.round(next / STEP) * STEP;
    quality = Math.min(high, Math.max(low, wanted));
  }
  return best;
}
