/**
 * Quantisation and the Huffman symbols of all scans, counted while they are made (T.81, F.1.2 and G.1.2).
 *
 * A token is a symbol of a Huffman table with the bits that follow it: 4 bits for how many follow, 4 for the table, 8
 * for the symbol, 16 for those that follow.
 */

import { AC_TABLE, CB_TABLE, CR_TABLE, HUFFMAN_TABLES, Y_HIGH_TABLE, Y_LOW_TABLE } from "../kernel.js";
import { ZIGZAG } from "../quantisation.js";

const ZRL = 0xf0;
const LONGEST_EOBRUN = 0x7fff;
/** More than one block can bring. */
const SPARE_TOKENS = 1024;

/**
 * @typedef {object} Stream
 * @property {Uint32Array} tokens
 * @property {number} from
 * @property {number} to
 */

/**
 * A sample is even over the picture, whatever its width, when it follows multiples of the golden ratio (Weyl).
 * @param {number} index
 * @param {number} step
 */
const leftOut = (index, step) =>
  step > 1 && Math.imul(index, 2654435769) >>> 0 > Math.floor(0xffffffff / step);

/** @param {number} value */
const bitLength = (value) => 32 - Math.clz32(value);

export class Tokeniser {
  /**
   * @param {import("../layout.js").Layout} layout
   * @param {Int16Array[]} coefficients
   * @param {Uint32Array} tokens  two arrays that fill at the same time in progressive mode
   * @param {Uint32Array} tokensOfYHigh
   * @param {number} room  of each
   */
  constructor(layout, coefficients, tokens, tokensOfYHigh, room) {
    this.layout = layout;
    this.coefficients = coefficients;
    this.tokens = tokens;
    this.tokensOfYHigh = tokensOfYHigh;
    this.room = room - SPARE_TOKENS;
    this.frequencies = new Uint32Array(HUFFMAN_TABLES * 256);
    /** Blocks that have ended in a row (EOBRUN, G.1.2.2), by table. */
    this.endOfBlockRun = new Uint32Array(HUFFMAN_TABLES);
    this.predictions = [0, 0, 0];
    /** By table, in zigzag order: reciprocals, and the smallest magnitude that does not become 0. */
    this.reciprocals = [new Uint32Array(64), new Uint32Array(64)];
    this.smallest = [new Int32Array(64), new Int32Array(64)];
    this.shifts = [0, 0];
    /** @type {Stream[]} */
    this.scans = [];
  }

  /** @param {import("../quantisation.js").Tables} tables */
  quantiseBy({ reciprocals, shifts }) {
    for (const table of [0, 1]) {
      this.shifts[table] = shifts[table];
      ZIGZAG.forEach((n, k) => {
        const reciprocal = reciprocals[64 * table + n];
        this.reciprocals[table][k] = reciprocal;
        this.smallest[table][k] = Math.ceil(2 ** (shifts[table] - 1) / reciprocal);
      });
    }
  }

  /**
   * Symbols of the whole picture (step 1), or of about one part in `step` of it, and how often each occurs.
   * @param {number} step
   */
  tokenise(step) {
    this.frequencies.fill(0);
    this.endOfBlockRun.fill(0);
    this.predictions.fill(0);
    const { progressive, mcusWide, mcusHigh, components } = this.layout;
    const { end, seen } = this.putMcus(step);
    this.scans[0] = { tokens: this.tokens, from: 0, to: end };
    if (!progressive) return { seen, units: mcusWide * mcusHigh };
    const units = components.reduce((sum, { wide, high }) => sum + wide * high, 0);
    return { seen: this.putScans(end, step), units };
  }

  /** @param {number} step */
  putMcus(step) {
    const { mcusWide, mcusHigh } = this.layout;
    let end = 0;
    let seen = 0;
    for (let y = 0; y < mcusHigh; y += 1) {
      for (let x = 0; x < mcusWide; x += 1) {
        if (leftOut(y * mcusWide + x, step)) continue;
        if (end > this.room) return { end, seen };
        end = this.putMcu(end, x, y, step > 1);
        seen += 1;
      }
    }
    return { end, seen };
  }

  /**
   * Blocks of an MCU (A.2.3). In a sample the one before was left out, so its last DC is looked up.
   * @param {number} at
   * @param {number} x
   * @param {number} y
   * @param {boolean} sampled
   */
  putMcu(at, x, y, sampled) {
    const { grey, components } = this.layout;
    let end = at;
    for (let i = 0; sampled && x > 0 && i < components.length; i += 1) {
      const before = i > 0 || grey ? this.blockAt(i, x - 1, y) : this.blockAt(0, 2 * x - 1, 2 * y + 1);
      this.predictions[i] = this.quantisedDc(i, before);
    }
    if (grey) return this.putBlock(end, 0, this.blockAt(0, x, y));
    end = this.putBlock(end, 0, this.blockAt(0, 2 * x, 2 * y));
    end = this.putBlock(end, 0, this.blockAt(0, 2 * x + 1, 2 * y));
    end = this.putBlock(end, 0, this.blockAt(0, 2 * x, 2 * y + 1));
    end = this.putBlock(end, 0, this.blockAt(0, 2 * x + 1, 2 * y + 1));
    end = this.putBlock(end, 1, this.blockAt(1, x, y));
    return this.putBlock(end, 2, this.blockAt(2, x, y));
  }

  /**
   * @param {number} component
   * @param {number} x
   * @param {number} y
   */
  blockAt(component, x, y) {
    return 64 * (y * this.layout.components[component].storedWide + x);
  }

  /**
   * @param {number} component
   * @param {number} block
   */
  quantisedDc(component, block) {
    const table = component > 0 ? 1 : 0;
    const value = this.coefficients[component][block];
    const shift = this.shifts[table];
    const size = (Math.abs(value) * this.reciprocals[table][0] + 2 ** (shift - 1)) >>> shift;
    return value < 0 ? -size : size;
  }

  /**
   * DC is the difference to the block before of the same component (F.1.2.1).
   * @param {number} at
   * @param {number} component
   * @param {number} block
   */
  putBlock(at, component, block) {
    const table = component > 0 ? 1 : 0;
    const value = this.quantisedDc(component, block);
    const difference = value - this.predictions[component];
    this.predictions[component] = value;
    const category = bitLength(Math.abs(difference));
    const following = (difference < 0 ? difference - 1 : difference) & ((1 << category) - 1);
    this.frequencies[256 * table + category] += 1;
    this.tokens[at] = (category << 28) | (table << 24) | (category << 16) | following;
    if (this.layout.progressive) return at + 1;
    return this.putBand(this.tokens, at + 1, component, block, AC_TABLE + table, 1, 63);
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
    const quantiser = component > 0 ? 1 : 0;
    const smallest = this.smallest[quantiser];
    const frequencies = this.frequencies;
    const counted = 256 * table;
    const mark = table << 24;
    let end = at;
    let before = first - 1;
    for (let k = first; k <= last; k += 1) {
      const value = coefficients[block + ZIGZAG[k]];
      const size = value < 0 ? -value : value;
      if (size < smallest[k]) continue;
      const shift = this.shifts[quantiser];
      const product = Math.imul(size, this.reciprocals[quantiser][k]) + (1 << (shift - 1));
      const magnitude = product >>> shift;
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
    if (before === last) return end;
    if (this.layout.progressive) {
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

  /**
   * Scans of one component hold only the blocks of the picture, row by row (A.2.2).
   * @param {number} begin  of the tokens, after those of DC
   * @param {number} step
   * @returns {number}  blocks seen
   */
  putScans(begin, step) {
    const { tokens, tokensOfYHigh: highTokens, room } = this;
    let end = begin;
    let high = 0;
    let index = 0;
    let seen = 0;
    for (const [i, { wide, high: rows }] of this.layout.components.entries()) {
      const from = end;
      const table = [Y_LOW_TABLE, CB_TABLE, CR_TABLE][i];
      for (let y = 0; y < rows; y += 1) {
        for (let x = 0; x < wide; x += 1, index += 1) {
          if (leftOut(index >> 3, step)) continue;
          if (end > room || high > room) return seen;
          const block = this.blockAt(i, x, y);
          end = this.putBand(tokens, end, i, block, table, 1, i === 0 ? 5 : 63);
          if (i === 0) high = this.putBand(highTokens, high, 0, block, Y_HIGH_TABLE, 6, 63);
          seen += 1;
        }
      }
      end = this.putRun(tokens, end, table);
      if (i === 0) high = this.putRun(highTokens, high, Y_HIGH_TABLE);
      this.scans[[1, 3, 2][i]] = { tokens, from, to: end };
    }
    this.scans[this.layout.grey ? 2 : 4] = { tokens: highTokens, from: 0, to: high };
    return seen;
  }
}
