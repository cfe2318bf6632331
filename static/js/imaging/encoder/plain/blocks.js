/**
 * One block: quantised, and its Huffman symbols, counted while they are made (T.81, F.1.2 and G.1.2).
 *
 * A token is a symbol of a Huffman table with the bits that follow it: 4 bits for how many follow, 4 for the table, 8
 * for the symbol, 16 for those that follow.
 */

import { AC_TABLE, HUFFMAN_TABLES } from "../kernel.js";
import { isSmall, Quantiser } from "./quantiser.js";

const ZRL = 0xf0;
const LONGEST_EOBRUN = 0x7fff;

/** @param {number} value */
const bitLength = (value) => 32 - Math.clz32(value);

export class BlockTokeniser {
  /**
   * @param {Int16Array[]} coefficients  by component, block by block, zigzag order
   * @param {boolean} progressive
   */
  constructor(coefficients, progressive) {
    this.coefficients = coefficients;
    this.pairs = coefficients.map((numbers) => new Int32Array(numbers.buffer, 0, numbers.length >> 1));
    this.progressive = progressive;
    this.quantisers = [new Quantiser(), new Quantiser()];
    this.frequencies = new Uint32Array(HUFFMAN_TABLES * 256);
    /** Blocks that have ended in a row (EOBRUN, G.1.2.2), by table. */
    this.endOfBlockRun = new Uint32Array(HUFFMAN_TABLES);
    /** DC of the block before, by component. */
    this.predictions = [0, 0, 0];
  }

  /** @param {import("../quantisation.js").Tables} tables */
  quantiseBy({ reciprocals, shifts }) {
    for (const [table, quantiser] of this.quantisers.entries()) {
      quantiser.set(reciprocals.subarray(64 * table, 64 * (table + 1)), shifts[table]);
    }
  }

  beginCounting() {
    this.frequencies.fill(0);
    this.endOfBlockRun.fill(0);
    this.predictions.fill(0);
  }

  /**
   * @param {number} component
   * @param {number} block
   */
  quantisedDc(component, block) {
    const { reciprocals, shift } = this.quantisers[component > 0 ? 1 : 0];
    const value = this.coefficients[component][block];
    const size = (Math.imul(Math.abs(value), reciprocals[0]) + (1 << (shift - 1))) >>> shift;
    return value < 0 ? -size : size;
  }

  /**
   * DC is the difference to the block before of the same component (F.1.2.1). In sequential mode AC follows.
   * @param {Uint32Array} tokens
   * @param {number} at
   * @param {number} component
   * @param {number} block
   */
  putBlock(tokens, at, component, block) {
    const table = component > 0 ? 1 : 0;
    const value = this.quantisedDc(component, block);
    const difference = value - this.predictions[component];
    this.predictions[component] = value;
    const category = bitLength(Math.abs(difference));
    const following = (difference < 0 ? difference - 1 : difference) & ((1 << category) - 1);
    this.frequencies[256 * table + category] += 1;
    tokens[at] = (category << 28) | (table << 24) | (category << 16) | following;
    if (this.progressive) return at + 1;
    return this.putBand(tokens, at + 1, component, block, AC_TABLE + table, 1, 63);
  }

  /**
   * AC coefficients of the band [first, last] in zigzag order (F.1.2.2; bands and joined ends of blocks: G.1.2.2).
   * @param {Uint32Array} tokens
   * @param {number} at
   * @param {number} component
   * @param {number} block
   * @param {number} table
   * @param {number} first
   * @param {number} last
   */
  putBand(tokens, at, component, block, table, first, last) {
    const coefficients = this.coefficients[component];
    const pairs = this.pairs[component];
    const quantiser = component > 0 ? 1 : 0;
    const { smallest, reciprocals, bounds, shift } = this.quantisers[quantiser];
    const frequencies = this.frequencies;
    const counted = 256 * table;
    const mark = table << 24;
    const rounding = 1 << (shift - 1);
    let end = at;
    let before = first - 1;
    for (let pair = first >> 1; pair <= last >> 1; pair += 1) {
      if (isSmall(pairs[(block >> 1) + pair], bounds[pair])) continue;
      for (let k = Math.max(first, 2 * pair); k <= 2 * pair + 1 && k <= last; k += 1) {
        const value = coefficients[block + k];
        const size = value < 0 ? -value : value;
        if (size < smallest[k]) continue;
        const magnitude = (Math.imul(size, reciprocals[k]) + rounding) >>> shift;
        const category = bitLength(magnitude);
        if (this.endOfBlockRun[table] > 0) end = this.putRun(tokens, end, table);
        let zeros = k - before - 1;
        for (; zeros > 15; zeros -= 16) {
          frequencies[counted + ZRL] += 1;
          tokens[end] = mark | (ZRL << 16);
          end += 1;
        }
        const symbol = (zeros << 4) | category;
        const following = (value < 0 ? ~magnitude : magnitude) & ((1 << category) - 1);
        frequencies[counted + symbol] += 1;
        tokens[end] = (category << 28) | mark | (symbol << 16) | following;
        end += 1;
        before = k;
      }
    }
    if (before === last) return end;
    if (this.progressive) {
      this.endOfBlockRun[table] += 1;
      return this.endOfBlockRun[table] === LONGEST_EOBRUN ? this.putRun(tokens, end, table) : end;
    }
    frequencies[counted] += 1;
    tokens[end] = mark;
    return end + 1;
  }

  /**
   * @param {Uint32Array} tokens
   * @param {number} at
   * @param {number} table
   */
  putRun(tokens, at, table) {
    const run = this.endOfBlockRun[table];
    if (run === 0) return at;
    const category = bitLength(run) - 1;
    const symbol = category << 4;
    this.endOfBlockRun[table] = 0;
    this.frequencies[256 * table + symbol] += 1;
    tokens[at] = (category << 28) | (table << 24) | (symbol << 16) | (run & ((1 << category) - 1));
    return at + 1;
  }
}
