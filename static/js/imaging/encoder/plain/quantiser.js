/** Division by the steps of a table, as multiplication; most coefficients become 0 and are passed over two at once. */

import { ZIGZAG } from "../quantisation.js";

/**
 * Whether both of two neighbouring coefficients become 0; in doubt not. Lanes of 16 bits: those of negative numbers
 * are inverted, which gives their magnitudes less one, and a sum that reaches a lane's top bit has reached the bound.
 * @param {number} pair
 * @param {number} bound  as in Quantiser
 */
export function isSmall(pair, bound) {
  const signs = (pair >>> 15) & 0x10001;
  const magnitudes = pair ^ ((signs << 16) - signs);
  return ((magnitudes + bound) & 0x80008000) === 0;
}

/** The steps of one table, in zigzag order. */
export class Quantiser {
  constructor() {
    this.shift = 0;
    this.reciprocals = new Int32Array(64);
    /** The smallest magnitude that does not become 0. */
    this.smallest = new Int32Array(64);
    /** What lifts this magnitude less one to a lane's top bit, for two neighbours each. */
    this.bounds = new Int32Array(32);
  }

  /**
   * @param {Uint16Array} reciprocals  natural order
   * @param {number} shift
   */
  set(reciprocals, shift) {
    this.shift = shift;
    for (let k = 0; k < 64; k += 1) {
      this.reciprocals[k] = reciprocals[ZIGZAG[k]];
      this.smallest[k] = Math.ceil(2 ** (shift - 1) / this.reciprocals[k]);
      const bound = 0x8001 - this.smallest[k];
      if (k % 2 === 0) this.bounds[k >> 1] = bound;
      else this.bounds[k >> 1] |= bound << 16;
    }
  }
}
