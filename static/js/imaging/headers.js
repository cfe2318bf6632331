/** What a picture's first bytes tell before anything is decoded: type by content, size, which way up. Never throws. */

import { orientationField } from "./exif.js";
import { isFrameHeader, SOS, segments } from "./jpeg.js";
import { chunks, isPng } from "./png.js";

/**
 * @typedef {"jpeg" | "png" | "heic" | "avif" | "webp" | "gif" | "bmp" | "unknown"} PictureType
 *
 * @typedef {object} Patch  bytes [start, end) to be replaced by `instead`
 * @property {number} start
 * @property {number} end
 * @property {Uint8Array<ArrayBuffer>} instead
 *
 * @typedef {object} Header
 * @property {PictureType} type
 * @property {number} width  stored pixels before any turning, 0 where unknown
 * @property {number} height
 * @property {number} orientation  EXIF 1 to 8; 1 is upright
 * @property {number} components  colour components of a JPEG, else 0
 * @property {boolean} progressive
 * @property {Patch[]} turnedBy  what to replace so that no decoder turns the picture by itself
 */

/** @type {Record<PictureType, string>} */
export const MEDIA_TYPES = {
  jpeg: "image/jpeg",
  png: "image/png",
  heic: "image/heic",
  avif: "image/avif",
  webp: "image/webp",
  gif: "image/gif",
  bmp: "image/bmp",
  unknown: "application/octet-stream",
};

const NOTHING = new Uint8Array(0);
const HEIC_BRANDS = ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"];

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} at
 * @param {number} length
 */
const ascii = (bytes, at, length) => String.fromCharCode(...bytes.subarray(at, at + length));

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {PictureType}
 */
function sniff(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "jpeg";
  if (isPng(bytes)) return "png";
  if (ascii(bytes, 4, 4) === "ftyp") {
    const brand = ascii(bytes, 8, 4);
    if (brand === "avif" || brand === "avis") return "avif";
    if (HEIC_BRANDS.includes(brand)) return "heic";
  }
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 4) === "WEBP") return "webp";
  if (ascii(bytes, 0, 4) === "GIF8") return "gif";
  if (ascii(bytes, 0, 2) === "BM") return "bmp";
  return "unknown";
}

/**
 * @param {PictureType} type
 * @returns {Header}
 */
const blankHeader = (type) => ({
  type,
  width: 0,
  height: 0,
  orientation: 1,
  components: 0,
  progressive: false,
  turnedBy: [],
});

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Header}
 */
function readJpeg(bytes) {
  const header = blankHeader("jpeg");
  for (const { marker, start, end } of segments(bytes)) {
    if (marker === SOS) break;
    if (marker === 0xe1 && ascii(bytes, start + 4, 6) === "Exif\0\0") {
      const field = orientationField(bytes, start + 10, end);
      if (!field) continue;
      if (header.turnedBy.length === 0) header.orientation = field.value;
      // 0x0000 is no orientation in either byte order: every decoder falls back to upright.
      header.turnedBy.push({ start: field.at, end: field.at + 2, instead: new Uint8Array(2) });
    }
    if (isFrameHeader(marker) && end - start >= 10 && header.width === 0) {
      header.height = (bytes[start + 5] << 8) | bytes[start + 6];
      header.width = (bytes[start + 7] << 8) | bytes[start + 8];
      header.components = bytes[start + 9];
      header.progressive = marker === 0xc2;
    }
  }
  return header;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Header}
 */
function readPng(bytes) {
  const header = blankHeader("png");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { name, start, data, size, end } of chunks(bytes)) {
    if (name === "IHDR" && size === 13 && header.width === 0) {
      header.width = view.getUint32(data);
      header.height = view.getUint32(data + 4);
    }
    if (name === "eXIf") {
      const field = orientationField(bytes, data, data + size);
      if (field && header.turnedBy.length === 0) header.orientation = field.value;
      // A changed field would need a new checksum; the whole chunk goes.
      if (field) header.turnedBy.push({ start, end, instead: NOTHING });
    }
  }
  return header;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes  the whole file
 * @returns {Header}
 */
export function readHeader(bytes) {
  const type = sniff(bytes);
  if (type === "jpeg") return readJpeg(bytes);
  if (type === "png") return readPng(bytes);
  return blankHeader(type);
}

/**
 * The file in parts for a Blob, with every field replaced that would make a decoder turn it. Whether an engine
 * obeys the field then no longer matters (old QQ does not, and nothing switches it off in the others).
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {Header} header
 * @returns {Uint8Array<ArrayBuffer>[]}
 */
export function unturnedParts(bytes, header) {
  const parts = [];
  let from = 0;
  for (const { start, end, instead } of header.turnedBy) {
    parts.push(bytes.subarray(from, start), instead);
    from = end;
  }
  parts.push(bytes.subarray(from));
  return parts;
}

/**
 * A JPEG with those fields replaced where they lie: its size stays, and no second copy is made.
 * @param {Uint8Array<ArrayBuffer>} bytes  changed
 * @param {Header} header  of a JPEG
 */
export function uprightBytes(bytes, { turnedBy }) {
  for (const { start, instead } of turnedBy) bytes.set(instead, start);
  return bytes;
}
