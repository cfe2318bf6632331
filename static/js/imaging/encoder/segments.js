/** Marker segments of a JPEG file, sequential or progressive (T.81, annex B; JFIF 1.01; ICC.1, annex B). */

import { ZIGZAG } from "./quantisation.js";

const SOI = [0xff, 0xd8];
export const EOI = [0xff, 0xd9];
const APP0 = 0xe0;
const APP2 = 0xe2;
const DQT = 0xdb;
const DHT = 0xc4;
const SOS = 0xda;
const SOF0 = 0xc0;
const SOF2 = 0xc2;

const DC = 0;
const AC = 1;

/** "JFIF", version 1.1, no unit, 1:1, no thumbnail. */
const JFIF = [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];
const ICC_NAME = [...Array.from("ICC_PROFILE", (letter) => letter.charCodeAt(0)), 0];
const LONGEST_ICC_PART = 0xffff - 2 - ICC_NAME.length - 2;

/**
 * @typedef {object} Scan
 * @property {number[]} components
 * @property {[number, number]} band  first and last coefficient (spectral selection), zigzag order
 * @property {{ kind: number, slot: number, table: number }[]} tables  to be defined before it: DC or AC, the slot that
 *   the scan refers to, and the number of the table as the kernel counts it
 */

const ONE_TABLE_EACH = [
  { kind: DC, slot: 0, table: 0 },
  { kind: DC, slot: 1, table: 1 },
];

/**
 * The scans in the file's order, which is also the kernel's.
 *
 * Progressive: DC first, then what a preview gains most from. Luma's first five AC have statistics of their own, and
 * so have Cb and Cr; one code for each makes the file smaller than one for all, which buys a finer table.
 * @param {boolean} grey
 * @param {boolean} progressive
 * @returns {Scan[]}
 */
export function scansOf(grey, progressive) {
  const components = grey ? [0] : [0, 1, 2];
  const kinds = grey ? 1 : 2;
  const ofDc = ONE_TABLE_EACH.slice(0, kinds);
  if (!progressive) {
    const ofAc = ofDc.map(({ slot }) => ({ kind: AC, slot, table: 2 + slot }));
    return [{ components, band: [0, 63], tables: [...ofDc, ...ofAc] }];
  }
  const ofOne = (/** @type {number} */ component, /** @type {[number, number]} */ band, table = 0) => ({
    components: [component],
    band,
    tables: [{ kind: AC, slot: 0, table }],
  });
  return [
    { components, band: [0, 0], tables: ofDc },
    ofOne(0, [1, 5], 2),
    ...(grey ? [] : [ofOne(2, [1, 63], 5), ofOne(1, [1, 63], 4)]),
    ofOne(0, [6, 63], 3),
  ];
}

/**
 * @param {number} marker
 * @param {ArrayLike<number> & Iterable<number>} payload
 */
function segment(marker, payload) {
  const length = payload.length + 2;
  return [0xff, marker, length >> 8, length & 0xff, ...payload];
}

/**
 * Everything before the quantisation tables.
 * @param {Uint8Array | null} icc  the profile itself
 */
export function prefix(icc) {
  const parts = [...SOI, ...segment(APP0, JFIF)];
  if (!icc) return parts;
  const count = Math.ceil(icc.length / LONGEST_ICC_PART);
  for (let i = 0; i < count; i += 1) {
    const part = icc.subarray(i * LONGEST_ICC_PART, (i + 1) * LONGEST_ICC_PART);
    // One by one: a spread of so many bytes as arguments can exceed the stack.
    for (const byte of segment(APP2, [...ICC_NAME, i + 1, count, ...part])) parts.push(byte);
  }
  return parts;
}

/**
 * Quantisation tables and frame header.
 * @param {import("./layout.js").Layout} layout
 * @param {Uint8Array} steps  as in Tables
 */
export function frame({ uprightWidth, uprightHeight, grey, progressive }, steps) {
  const parts = [];
  for (let table = 0; table < (grey ? 1 : 2); table += 1) {
    parts.push(...segment(DQT, [table, ...Array.from(ZIGZAG, (n) => steps[64 * table + n])]));
  }
  const components = grey
    ? [[1, 0x11, 0]]
    : [
        [1, 0x22, 0],
        [2, 0x11, 1],
        [3, 0x11, 1],
      ];
  const size = [uprightHeight >> 8, uprightHeight & 0xff, uprightWidth >> 8, uprightWidth & 0xff];
  const header = [8, ...size, components.length, ...components.flat()];
  return [...parts, ...segment(progressive ? SOF2 : SOF0, header)];
}

/**
 * Huffman tables and header of one scan.
 * @param {Scan} scan
 * @param {(import("./huffman.js").HuffmanTable | null)[]} huffman  by number
 */
export function scanHeader({ components, band, tables }, huffman) {
  const parts = [];
  const slots = [0, 0];
  for (const { kind, slot, table } of tables) {
    const { bits, values } = huffman[table] ?? { bits: new Uint8Array(17), values: new Uint8Array(0) };
    parts.push(...segment(DHT, [(kind << 4) | slot, ...bits.subarray(1), ...values]));
    slots[kind] = Math.max(slots[kind], slot);
  }
  const selectors = components.flatMap((component) => {
    const chroma = component > 0 ? 1 : 0;
    return [component + 1, (Math.min(chroma, slots[DC]) << 4) | Math.min(chroma, slots[AC])];
  });
  return [...parts, ...segment(SOS, [components.length, ...selectors, ...band, 0])];
}

/**
 * How long that is, without making it: asked at every count.
 * @param {Scan} scan
 * @param {(import("./huffman.js").HuffmanTable | null)[]} huffman
 */
export function scanHeaderLength({ components, tables }, huffman) {
  const ofTables = tables.reduce((sum, { table }) => sum + 21 + (huffman[table]?.values.length ?? 0), 0);
  return ofTables + 8 + 2 * components.length;
}
