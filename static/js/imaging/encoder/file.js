/** The file of the picture whose coefficients a kernel holds: how long it is at a scale of the tables, and its bytes. */

import { bitsOf, fillCodes, optimalTable } from "./huffman.js";
import { HUFFMAN_TABLES } from "./kernel.js";
import { tablesAt } from "./quantisation.js";
import { EOI, frame, prefix, scanHeader, scansOf } from "./segments.js";

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
  const codes = new Uint32Array(HUFFMAN_TABLES * 256);
  const begin = prefix(icc);
  /** @type {number[][]} */
  let headers = [];

  return {
    /**
     * @param {number} scale
     * @param {number} step  1: the whole picture; else about one part in so many is looked at
     * @returns {number}  exact but for the stuffing
     */
    bytesAt(scale, step) {
      const tables = tablesAt(scale);
      kernel.quantiseBy(tables);
      const { seen, units } = kernel.tokenise(step);
      const { huffman, bits } = bestCodes(kernel.frequencies(), codes);
      headers = scans.map((scan) => scanHeader(scan, huffman));
      headers[0].unshift(...frame(layout, tables.steps));
      const bytes = lengthOf([begin, ...headers, EOI]) + ((bits / 8) * STUFFING * units) / seen;
      // What there was no room for cannot be written.
      return step === 1 && seen < units ? Math.max(bytes, 2 * maxBytes) : bytes;
    },

    /**
     * @returns {Uint8Array<ArrayBuffer> | null}  at the scale that the whole picture was looked at last; null where it
     *   is far too long
     */
    write() {
      kernel.codeBy(codes);
      /** @type {ArrayLike<number>[]} */
      const parts = [begin];
      for (const [scan, header] of headers.entries()) {
        const segment = kernel.writeScan(scan);
        if (!segment) return null;
        parts.push(header, segment.slice());
      }
      return joined([...parts, EOI]);
    },
  };
}

/**
 * @param {Uint32Array} frequencies  of all tables
 * @param {Uint32Array} codes  are filled likewise
 */
function bestCodes(frequencies, codes) {
  let bits = 0;
  const huffman = Array.from({ length: HUFFMAN_TABLES }, (_, number) => {
    const counts = frequencies.subarray(256 * number, 256 * (number + 1));
    const ofTable = codes.subarray(256 * number, 256 * (number + 1));
    const table = optimalTable(counts);
    if (!table) return null;
    fillCodes(table, ofTable);
    bits += bitsOf(counts, ofTable);
    return table;
  });
  return { huffman, bits };
}

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
