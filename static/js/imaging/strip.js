/**
 * Metadata out, pixels untouched: what is needed to decode stays byte for byte, everything else goes (EXIF with its
 * position and thumbnail, XMP, profiles, comments, texts, further pictures after the first). Never throws.
 */

import { EOI, isFrameHeader, SCAN_DATA, SOI, SOS, segments } from "./jpeg.js";
import { chunks, isPng, SIGNATURE_LENGTH } from "./png.js";

/**
 * @typedef {object} Stripped
 * @property {Uint8Array<ArrayBuffer>[]} parts  views into the original bytes, in order
 * @property {number} size  their bytes together
 * @property {number} scans  of a JPEG; 0 for a PNG
 */

const ADOBE = 0xee;
const JFIF = 0xe0;
const DECODER_TABLES = [0xc4, 0xcc, 0xdb, 0xdc, 0xdd];
/** Version 1.1, density 1:1 without a unit, no thumbnail. */
const PLAIN_JFIF = Uint8Array.of(0xff, JFIF, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0);
/** An Adobe segment from its marker on: the last byte, its colour transform, decides how components are read. */
const ADOBE_LENGTH = 16;

const NEEDED_CHUNKS = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS"];
/** Colour facts of a fixed size, so that nothing else can hide in them. */
const COLOUR_CHUNKS = new Map([
  ["gAMA", 4],
  ["cHRM", 32],
  ["sRGB", 1],
]);

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} at
 * @param {string} word
 */
const says = (bytes, at, word) => [...word].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));

/**
 * What decoders read of it, so that nothing hides behind.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} start
 */
function plainAdobe(bytes, start) {
  const plain = bytes.slice(start, start + ADOBE_LENGTH);
  plain.set([0, ADOBE_LENGTH - 2], 2);
  return plain;
}

/**
 * @param {Uint8Array<ArrayBuffer>[]} parts
 * @param {number} scans
 * @returns {Stripped}
 */
const stripped = (parts, scans) => ({
  parts,
  scans,
  size: parts.reduce((sum, part) => sum + part.length, 0),
});

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Stripped | null}
 */
function stripJpeg(bytes) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let scans = 0;
  let framed = false;
  for (const { marker, start, end } of segments(bytes)) {
    if (marker === EOI) {
      parts.push(bytes.subarray(start, end));
      return framed && scans > 0 ? stripped(parts, scans) : null;
    }
    if (marker === SOS) scans += 1;
    if (isFrameHeader(marker)) framed = true;
    if (marker === JFIF && says(bytes, start + 4, "JFIF\0")) {
      parts.push(PLAIN_JFIF);
    } else if (marker === ADOBE && says(bytes, start + 4, "Adobe")) {
      if (end - start >= ADOBE_LENGTH) parts.push(plainAdobe(bytes, start));
    } else if (
      marker === SOI ||
      marker === SOS ||
      marker === SCAN_DATA ||
      isFrameHeader(marker) ||
      DECODER_TABLES.includes(marker)
    ) {
      parts.push(bytes.subarray(start, end));
    }
  }
  return null;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Stripped | null}
 */
function stripPng(bytes) {
  const parts = [bytes.subarray(0, SIGNATURE_LENGTH)];
  let first = true;
  let data = false;
  for (const { name, start, size, end } of chunks(bytes)) {
    if (first !== (name === "IHDR")) return null;
    first = false;
    if (name === "IDAT") data = true;
    if (NEEDED_CHUNKS.includes(name) || COLOUR_CHUNKS.get(name) === size) {
      parts.push(bytes.subarray(start, end));
    } else if (name[0] >= "A" && name[0] <= "Z") {
      return null; // An unknown chunk that decoders must understand.
    }
    if (name === "IEND") return data && size === 0 ? stripped(parts, 0) : null;
  }
  return null;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Stripped | null}  null for anything but a whole JPEG or PNG file
 */
export function planStrip(bytes) {
  if (isPng(bytes)) return stripPng(bytes);
  return stripJpeg(bytes);
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Uint8Array<ArrayBuffer> | null}
 */
export function stripMetadata(bytes) {
  const plan = planStrip(bytes);
  if (!plan) return null;
  const whole = new Uint8Array(plan.size);
  let at = 0;
  for (const part of plan.parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
