/**
 * What does the heavy part of encoding: WebAssembly (c/, wasm-kernel.js) or its twin in JavaScript (plain/).
 *
 * @typedef {object} Kernel
 * @property {(layout: import("./layout.js").Layout, stripeRows: number, maxBytes: number) => boolean} begin  lays out
 *   memory for a picture; false where there is not enough
 * @property {() => Uint8Array} stripe  where a stripe's pixels go: stripeRows rows
 * @property {(from: number, to: number, firstRow: number) => void} transform  rows [from, to) of the padded source, of
 *   which the stripe holds those from firstRow on, to coefficients
 * @property {(tables: import("./quantisation.js").Tables) => void} quantiseBy
 * @property {(step: number) => { seen: number, units: number }} tokenise  makes and counts the symbols of the whole
 *   picture (step 1) or about one part in `step` of it; less was seen also where there are too many to keep
 * @property {() => Uint32Array} frequencies  of all Huffman tables, 256 each
 * @property {(codes: Uint32Array) => void} codeBy  likewise, length << 16 | code
 * @property {(scan: number) => Uint8Array | null} writeScan  entropy-coded segment of the symbols made last, only valid
 *   until the next call; null where it is far too long
 * @property {() => number} heldBytes  memory that a next picture could use again
 */

/**
 * Numbers of the Huffman tables: two for DC, the others for AC. A sequential file has two of these, luma and chroma;
 * in a progressive one each scan has its own.
 */
export const HUFFMAN_TABLES = 6;
export const AC_TABLE = 2;
export const Y_LOW_TABLE = 2;
export const Y_HIGH_TABLE = 3;
export const CB_TABLE = 4;
export const CR_TABLE = 5;
