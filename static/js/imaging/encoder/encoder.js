/**
 * A JPEG encoder made for photographed text: the finest file of at most so many bytes, of pixels that come in stripes.
 *
 *     pixels → YCbCr 4:2:0 → FDCT, once → [tables at a scale → symbols → Huffman codes → size] as often as the
 *     rate control wants → bits
 *
 * Coefficients are kept, so another scale costs a count and no second encoding; the EXIF turn is made by placing
 * blocks. "T.81" in these files is the JPEG standard, ITU-T Recommendation T.81.
 */

import { ShrinkFailure, throwIfAborted } from "../failure.js";
import { bitsOf, fillCodes, optimalTable } from "./huffman.js";
import { HUFFMAN_TABLES } from "./kernel.js";
import { layOut } from "./layout.js";
import { plainKernel } from "./plain/kernel.js";
import { tablesAt } from "./quantisation.js";
import { writeWithin } from "./rate.js";
import { EOI, frame, prefix, scanHeader, scansOf } from "./segments.js";
import { simdModule } from "./simd-module.js";
import { wasmKernel } from "./wasm-kernel.js";

export { DoesNotFit } from "./rate.js";
export { warmUp } from "./warm-up.js";

/**
 * @typedef {import("./layout.js").Source} Source
 *
 * @typedef {object} EncodeOptions
 * @property {number} maxBytes  of the whole file
 * @property {boolean} [progressive]  by default true: the same bytes hold about 4 % more picture
 * @property {Uint8Array | null} [icc]  profile to be kept, without marker or name; its bytes count
 * @property {AbortSignal} [signal]  looked at between stripes
 * @property {(done: number) => void} [onProgress]  0 to 1
 *
 * @typedef {object} Encoded
 * @property {Uint8Array<ArrayBuffer>} bytes  a JFIF file
 * @property {number} width  upright
 * @property {number} height
 *
 * @typedef {object} Encoder
 * @property {"wasm" | "plain"} kind
 * @property {(source: Source, options: EncodeOptions) => Promise<Encoded>} encode  Closes the source as soon as its
 *   last row is read, and also when it fails. Rejects with DoesNotFit; with ShrinkFailure `aborted`, or
 *   `too_many_pixels` where there is not enough memory; with what readRows throws. One picture at a time.
 */

/** A stripe stays in the processor's cache: 0.5 MB of a page. A multiple of an MCU's side. */
const STRIPE_ROWS = 64;
/** T.81, B.2.2: sixteen bits each. */
const LONGEST_SIDE = 65535;
/** Of 5.1 megapixels less than half. Memory of WebAssembly cannot shrink, so what a giant has blown up is not kept. */
const MOST_HELD_BYTES = 64 << 20;
/** After an FF byte a 0 is stuffed: about one byte in 256, and so many more of the codes' frequent ones. */
const STUFFING = 1.0042;

/**
 * @param {{ plain?: boolean, wasm?: URL | WebAssembly.Module }} [wish]  `plain`: JavaScript in any case; `wasm`: where
 *   the module lies, by default beside this file
 * @returns {Promise<Encoder>}
 */
export async function openEncoder({ plain = false, wasm } = {}) {
  const module = plain ? null : await simdModule(wasm);
  const open = async () => (module ? wasmKernel(module) : plainKernel());
  /** @type {import("./kernel.js").Kernel | null} */
  let kept = null;
  let busy = false;
  return {
    kind: module ? "wasm" : "plain",
    async encode(source, options) {
      if (busy) throw new Error("one picture at a time");
      busy = true;
      try {
        const kernel = kept ?? (await open());
        kept = null;
        const encoded = await encodeBy(kernel, source, options);
        if (kernel.heldBytes() <= MOST_HELD_BYTES) kept = kernel;
        return encoded;
      } finally {
        busy = false;
      }
    },
  };
}

/**
 * @param {import("./kernel.js").Kernel} kernel
 * @param {Source} source
 * @param {EncodeOptions} options
 * @returns {Promise<Encoded>}
 */
async function encodeBy(kernel, source, { maxBytes, progressive = true, icc = null, signal, onProgress }) {
  const layout = layOut(source, progressive);
  try {
    throwIfAborted(signal);
    const { width, height } = source;
    if (!(width >= 1 && height >= 1)) throw new RangeError(`${width} x ${height} pixels`);
    const tooLarge = width > LONGEST_SIDE || height > LONGEST_SIDE;
    if (tooLarge || !kernel.begin(layout, STRIPE_ROWS + 1, maxBytes))
      throw new ShrinkFailure("too_many_pixels");
    await readPixels(kernel, layout, source, signal, (done) => onProgress?.(0.7 * done));
  } finally {
    source.close();
  }
  const bytes = writeFile(kernel, layout, maxBytes, icc);
  onProgress?.(1);
  return { bytes, width: layout.uprightWidth, height: layout.uprightHeight };
}

/**
 * Stripes are cut along MCUs, whose grid begins above the first row where padding lies there.
 * @param {import("./kernel.js").Kernel} kernel
 * @param {import("./layout.js").Layout} layout
 * @param {Source} source
 * @param {AbortSignal | undefined} signal
 * @param {(done: number) => void} onProgress
 */
async function readPixels(kernel, { padTop, paddedHeight, height, width }, source, signal, onProgress) {
  for (let from = 0; from < paddedHeight; from += STRIPE_ROWS) {
    const wanted = Math.max(0, from - padTop);
    const top = source.even ? wanted - (wanted % 2) : wanted;
    const rows = Math.min(height, from + STRIPE_ROWS - padTop) - top;
    await source.readRows(top, rows, kernel.stripe().subarray(0, rows * width * 4));
    throwIfAborted(signal);
    kernel.transform(from, from + STRIPE_ROWS, top);
    onProgress(Math.min(1, (from + STRIPE_ROWS) / paddedHeight));
  }
}

/**
 * @param {import("./kernel.js").Kernel} kernel
 * @param {import("./layout.js").Layout} layout
 * @param {number} maxBytes
 * @param {Uint8Array | null} icc
 */
function writeFile(kernel, layout, maxBytes, icc) {
  const scans = scansOf(layout.grey, layout.progressive);
  const codes = new Uint32Array(HUFFMAN_TABLES * 256);
  const begin = prefix(icc);
  /** @type {number[][]} */
  let headers = [];

  const count = (/** @type {number} */ scale, /** @type {number} */ step) => {
    const tables = tablesAt(scale);
    kernel.quantiseBy(tables);
    const { seen, units } = kernel.tokenise(step);
    const frequencies = kernel.frequencies();
    const ofTable = (/** @type {number} */ table) => [256 * table, 256 * (table + 1)];
    let bits = 0;
    const huffman = Array.from({ length: HUFFMAN_TABLES }, (_, number) => {
      const counts = frequencies.subarray(...ofTable(number));
      const table = optimalTable(counts);
      if (!table) return null;
      fillCodes(table, codes.subarray(...ofTable(number)));
      bits += bitsOf(counts, codes.subarray(...ofTable(number)));
      return table;
    });
    headers = scans.map((scan) => scanHeader(scan, huffman));
    headers[0].unshift(...frame(layout, tables.steps));
    const head = [begin, ...headers, EOI].reduce((sum, part) => sum + part.length, 0);
    const bytes = head + ((bits / 8) * units * STUFFING) / seen;
    // What there was no room for cannot be written.
    return step === 1 && seen < units ? Math.max(bytes, 2 * maxBytes) : bytes;
  };

  const write = () => {
    kernel.codeBy(codes);
    /** @type {ArrayLike<number>[]} */
    const parts = [begin];
    for (const [scan, header] of headers.entries()) {
      const segment = kernel.writeScan(scan);
      if (!segment) return null;
      parts.push(header, segment.slice());
    }
    return joined([...parts, EOI]);
  };

  return writeWithin(count, write, maxBytes);
}

/** @param {ArrayLike<number>[]} parts */
function joined(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
