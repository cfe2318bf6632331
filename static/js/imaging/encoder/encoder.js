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
import { fileOf } from "./file.js";
import { layOut } from "./layout.js";
import { plainKernel } from "./plain/kernel.js";
import { writeWithin } from "./rate.js";
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
 * @property {AbortSignal} [signal]  looked at between stripes and between counts
 * @property {() => Promise<void>} [pause]  waited for likewise, by a page that has to answer its user meanwhile
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
/** Share of the time, for progress. */
const READING = 0.7;
/** Their coefficients take 150 MB; a page that is to fit 200 KB has a tenth of it. */
const MOST_PIXELS = 50e6;
/** Of 5.1 megapixels less than half. Memory of WebAssembly cannot shrink, so what a giant has blown up is not kept. */
const MOST_HELD_BYTES = 64 << 20;

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
async function encodeBy(kernel, source, options) {
  const { maxBytes, progressive = true, icc = null, signal, pause, onProgress } = options;
  const breathe = async () => {
    if (pause) await pause();
    throwIfAborted(signal);
  };
  const layout = layOut(source, progressive);
  try {
    throwIfAborted(signal);
    const { width, height } = source;
    if (!(width >= 1 && height >= 1)) throw new RangeError(`${width} x ${height} pixels`);
    const tooLarge = Math.max(width, height) > LONGEST_SIDE || width * height > MOST_PIXELS;
    const begun = !tooLarge && kernel.begin(layout, STRIPE_ROWS + 1, maxBytes);
    if (!begun) throw new ShrinkFailure("too_many_pixels");
    await readPixels(kernel, layout, source, breathe, (done) => onProgress?.(READING * done));
  } finally {
    source.close();
  }
  const file = fileOf(kernel, layout, maxBytes, icc);
  const count = async (/** @type {number} */ scale, /** @type {number} */ step) => {
    await breathe();
    return file.bytesAt(scale, step);
  };
  const bytes = await writeWithin(count, file.write, maxBytes);
  onProgress?.(1);
  return { bytes, width: layout.uprightWidth, height: layout.uprightHeight };
}

/**
 * Stripes are cut along MCUs, whose grid begins above the first row where padding lies there.
 * @param {import("./kernel.js").Kernel} kernel
 * @param {import("./layout.js").Layout} layout
 * @param {Source} source
 * @param {() => Promise<void>} breathe
 * @param {(done: number) => void} onProgress
 */
async function readPixels(kernel, { padTop, paddedHeight, height, width }, source, breathe, onProgress) {
  for (let from = 0; from < paddedHeight; from += STRIPE_ROWS) {
    const wanted = Math.max(0, from - padTop);
    const top = source.even ? wanted - (wanted % 2) : wanted;
    const rows = Math.min(height, from + STRIPE_ROWS - padTop) - top;
    await source.readRows(top, rows, kernel.stripe().subarray(0, rows * width * 4));
    await breathe();
    kernel.transform(from, from + STRIPE_ROWS, top);
    onProgress(Math.min(1, (from + STRIPE_ROWS) / paddedHeight));
  }
}
