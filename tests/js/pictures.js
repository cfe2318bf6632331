/** Small picture files built byte by byte, for tests that need no decoder. */

/** @param {string} text */
const ascii = (text) => Array.from(text, (letter) => letter.charCodeAt(0));

/**
 * @param {number} marker
 * @param {number[]} payload
 */
export function segment(marker, payload) {
  const length = payload.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...payload];
}

/**
 * @param {number} orientation
 * @param {boolean} [little]
 */
export function tiff(orientation, little = true) {
  const short = (/** @type {number} */ value) =>
    little ? [value & 0xff, value >> 8] : [value >> 8, value & 0xff];
  const long = (/** @type {number} */ value) => (little ? [...short(value), 0, 0] : [0, 0, ...short(value)]);
  const entry = [...short(0x0112), ...short(3), ...long(1), ...short(orientation), 0, 0];
  return [...ascii(little ? "II" : "MM"), ...short(42), ...long(8), ...short(1), ...entry, ...long(0)];
}

/**
 * @param {number} orientation
 * @param {boolean} [little]
 */
export const exif = (orientation, little) =>
  segment(0xe1, [...ascii("Exif"), 0, 0, ...tiff(orientation, little)]);

/**
 * @param {number} width
 * @param {number} height
 */
export const frame = (width, height, { marker = 0xc0, components = 3 } = {}) =>
  segment(marker, [
    8,
    height >> 8,
    height & 0xff,
    width >> 8,
    width & 0xff,
    components,
    ...Array.from({ length: components }, (_, index) => [index + 1, 0x11, 0]).flat(),
  ]);

/** A scan whose data hold a stuffed 0xff and a restart marker. */
export const scan = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4, 5];

/**
 * @param {number[][]} parts  between SOI and EOI
 */
export const jpeg = (...parts) => Uint8Array.from([0xff, 0xd8, ...parts.flat(), 0xff, 0xd9]);

export const jfif = segment(0xe0, [...ascii("JFIF"), 0, 1, 2, 1, 0, 72, 0, 72, 0, 0]);
export const comment = segment(0xfe, ascii("taken at home"));

/**
 * @param {string} name
 * @param {number[]} data
 */
export const chunk = (name, data) => [
  (data.length >>> 24) & 0xff,
  (data.length >> 16) & 0xff,
  (data.length >> 8) & 0xff,
  data.length & 0xff,
  ...ascii(name),
  ...data,
  0,
  0,
  0,
  0,
];

/**
 * @param {number} width
 * @param {number} height
 */
export const header = (width, height) =>
  chunk("IHDR", [0, 0, width >> 8, width & 0xff, 0, 0, height >> 8, height & 0xff, 8, 6, 0, 0, 0]);

/** @param {number[][]} chunks */
export const png = (...chunks) =>
  Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...chunks.flat()]);

/**
 * The same numbers for the same seed (mulberry32), so that a failing input can be found again.
 * @param {number} seed
 * @returns {() => number}  0 to 1
 */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
