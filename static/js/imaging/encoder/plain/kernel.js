/** The kernel in plain JavaScript: the same integers as c/ has, so the same bytes. */

import { writeSegment } from "./bits.js";
import { transformStripe } from "./stripe.js";
import { Tokeniser } from "./tokens.js";

/**
 * What a picture needs, as typed arrays that the next one uses again.
 * @typedef {object} Buffers
 * @property {Uint8Array} stripe  pixels; begins at a multiple of four bytes
 * @property {Int16Array} luma  one row of MCUs, doubled and centred
 * @property {Int16Array[]} chroma
 * @property {Uint32Array} wide  two rows of pixels, widened to whole MCUs
 * @property {Int16Array[]} coefficients  by component: upright, block by block, zigzag order
 */

/** @returns {import("../kernel.js").Kernel} */
export function plainKernel() {
  /** @type {Map<string, ArrayBuffer>} */
  const held = new Map();
  /** @type {import("../layout.js").Layout} */
  let layout;
  /** @type {Buffers} */
  let buffers;
  /** @type {Tokeniser} */
  let tokeniser;
  /** @type {Uint32Array} */
  let codes = new Uint32Array(0);
  let output = new Uint8Array(0);

  const take = (/** @type {string} */ name, /** @type {number} */ bytes) => {
    let buffer = held.get(name);
    if (!buffer || buffer.byteLength < bytes) {
      held.delete(name);
      buffer = new ArrayBuffer(bytes);
      held.set(name, buffer);
    }
    return buffer;
  };

  /**
   * @param {import("../layout.js").Layout} next
   * @param {number} stripeRows
   * @param {number} maxBytes
   */
  const layOutMemory = (next, stripeRows, maxBytes) => {
    const { components, paddedWidth, mcu, width, progressive } = next;
    const chromaWidth = paddedWidth / 2;
    layout = next;
    buffers = {
      stripe: new Uint8Array(take("stripe", 4 * stripeRows * width)),
      luma: new Int16Array(take("luma", 2 * mcu * paddedWidth)),
      chroma: ["cb", "cr"].map((name) => new Int16Array(take(name, 2 * 8 * Math.ceil(chromaWidth)))),
      wide: new Uint32Array(take("wide", 4 * 2 * paddedWidth)),
      coefficients: components.map(
        ({ storedWide, storedHigh }, i) =>
          new Int16Array(take(`coefficients${i}`, 128 * storedWide * storedHigh)),
      ),
    };
    const blocks = components.reduce((sum, { storedWide, storedHigh }) => sum + storedWide * storedHigh, 0);
    // As in c/picture.c.
    const room = 6 * maxBytes + 65536 + 2 * blocks;
    const first = new Uint32Array(take("tokens", 4 * room));
    const second = progressive ? new Uint32Array(take("tokens of Y high", 4 * room)) : first;
    tokeniser = new Tokeniser(layout, buffers.coefficients, first, second, room);
    output = new Uint8Array(take("output", maxBytes + (maxBytes >> 2) + 65536));
  };

  return {
    begin(next, stripeRows, maxBytes) {
      try {
        layOutMemory(next, stripeRows, maxBytes);
        return true;
      } catch (error) {
        if (error instanceof RangeError) return false;
        throw error;
      }
    },
    stripe: () => buffers.stripe,
    transform: (from, to, firstRow) => transformStripe(layout, buffers, from, to, firstRow),
    quantiseBy: (tables) => tokeniser.quantiseBy(tables),
    tokenise: (step) => tokeniser.tokenise(step),
    frequencies: () => tokeniser.frequencies,
    codeBy(next) {
      codes = next;
    },
    writeScan(scan) {
      const { tokens, from, to } = tokeniser.scans[scan];
      const length = writeSegment(tokens, from, to, codes, output);
      return length ? output.subarray(0, length) : null;
    },
    heldBytes: () => [...held.values()].reduce((sum, buffer) => sum + buffer.byteLength, 0),
  };
}
