/** The file of the picture whose coefficients a kernel holds: how long it is at a scale of the tables, and its bytes. */

import { bitsOf, fillCodes, optimalTable } from "./huffman.js";
import { HUFFMAN_TABLES } from "./kernel.js";
import { tablesAt } from "./quantisation.js";
import { EOI, frame, prefix, scanHeader, scanHeaderLength, scansOf } from "./segments.js";

/** After an FF byte a 0 is stuffed. FF is a little more frequent than one byte in 256. */
const STUFFING = 1.0042;

/**
 * @param {import("./kernel.js").Kernel} kernel
 * @param {import("./layout.js").Layout} layout
 * @param {number} maxBytes
 * @param {Uint8Array | null} icc
 */
export function fileOf(kernel, layout, maxBytes, icc) {
  const scans = scansOf(layout.grey, layout.progressive);
  const begin = prefix(icc);
  let tables = tablesAt(1);
  const fixedLength = lengthOf([begin, frame(layout, tables.steps), EOI]);
  /** @type {(import("./huffman.js").HuffmanTable | null)[]} */
  let huffman = [];

  return {
    /**
     * @param {number} scale
     * @param {number} step  1: the whole picture; else about one part in so many is looked at
     * @returns {number}  exact but for the stuffing
     */
    bytesAt(scale, step) {
      tables = tablesAt(scale);
      kernel.quantiseBy(tables);
      const { seen, units } = kernel.tokenise(step);
      const counts = byTable(kernel.frequencies());
      huffman = counts.map(optimalTable);
      const bits = huffman.reduce((sum, table, i) => sum + (table ? bitsOf(table, counts[i]) : 0), 0);
      const headers = scans.reduce((sum, scan) => sum + scanHeaderLength(scan, huffman), 0);
      const bytes = fixedLength + headers + ((bits / 8) * STUFFING * units) / seen;
      // What there was no room for cannot be written.
      return step === 1 && seen < units ? Math.max(bytes, 2 * maxBytes) : bytes;
    },

    /**
     * @returns {Uint8Array<ArrayBuffer> | null}  at the scale that the whole picture was looked at last; null where it
     *   is far too long
     */
    write() {
      const codes = new Uint32Array(HUFFMAN_TABLES * 256);
      for (const [i, ofTable] of byTable(codes).entries()) {
        const table = huffman[i];
        if (table) fillCodes(table, ofTable);
      }
      kernel.codeBy(codes);
      /** @type {ArrayLike<number>[]} */
      const parts = [begin, frame(layout, tables.steps)];
      for (const [i, scan] of scans.entries()) {
        const segment = kernel.writeScan(i);
        if (!segment) return null;
        parts.push(scanHeader(scan, huffman), segment.slice());
      }
      return joined([...parts, EOI]);
    },
  };
}

/** @param {Uint32Array} words  256 for each Huffman table */
const byTable = (words) =>
  Array.from({ length: HUFFMAN_TABLES }, (_, i) => words.subarray(256 * i, 256 * (i + 1)));

/** @param {ArrayLike<number>[]} parts */
const lengthOf = (parts) => parts.reduce((sum, part) => sum + part.length, 0);

/** @param {ArrayLike<number>[]} parts */
function joined(parts) {
  const bytes = new Uint8Array(lengthOf(parts));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
