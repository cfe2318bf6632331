/** The kernel in WebAssembly: c/kernel.h tells what it offers. */

import { HUFFMAN_TABLES } from "./kernel.js";

/**
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {(width: number, height: number, flipX: number, flipY: number, transposed: number, blueFirst: number,
 *   grey: number, progressive: number, stripeRows: number, maxBytes: number) => number} begin
 * @property {(from: number, to: number, firstRow: number, stripe: number) => void} transform
 * @property {(step: number) => void} tokenise
 * @property {(scan: number) => number} write_scan
 * @property {() => number} units_seen
 * @property {() => number} units_in_all
 * @property {() => number} stripe_at
 * @property {() => number} reciprocals_at
 * @property {() => number} shifts_at
 * @property {() => number} codes_at
 * @property {() => number} frequencies_at
 * @property {() => number} output_at
 */

/**
 * @param {WebAssembly.Module} module
 * @returns {Promise<import("./kernel.js").Kernel>}
 */
export async function wasmKernel(module) {
  const { exports } = await WebAssembly.instantiate(module, {});
  const wasm = /** @type {Exports} */ (/** @type {unknown} */ (exports));
  // Views end when the memory grows, so they are made anew where they are used.
  const words = (/** @type {number} */ at, /** @type {number} */ count) =>
    new Uint32Array(wasm.memory.buffer, at, count);
  let stripeBytes = 0;

  return {
    begin(layout, stripeRows, maxBytes) {
      stripeBytes = stripeRows * layout.width * 4;
      return (
        wasm.begin(
          layout.width,
          layout.height,
          Number(layout.flipX),
          Number(layout.flipY),
          Number(layout.transposed),
          Number(layout.blueFirst),
          Number(layout.grey),
          Number(layout.progressive),
          stripeRows,
          maxBytes,
        ) === 1
      );
    },
    stripe: () => new Uint8Array(wasm.memory.buffer, wasm.stripe_at(), stripeBytes),
    transform: (from, to, firstRow) => wasm.transform(from, to, firstRow, wasm.stripe_at()),
    quantiseBy({ reciprocals, shifts }) {
      new Uint16Array(wasm.memory.buffer, wasm.reciprocals_at(), reciprocals.length).set(reciprocals);
      words(wasm.shifts_at(), shifts.length).set(shifts);
    },
    tokenise(step) {
      wasm.tokenise(step);
      return { seen: wasm.units_seen(), units: wasm.units_in_all() };
    },
    frequencies: () => words(wasm.frequencies_at(), HUFFMAN_TABLES * 256),
    codeBy: (codes) => words(wasm.codes_at(), codes.length).set(codes),
    writeScan(scan) {
      const length = wasm.write_scan(scan);
      return length ? new Uint8Array(wasm.memory.buffer, wasm.output_at(), length) : null;
    },
    heldBytes: () => wasm.memory.buffer.byteLength,
  };
}
