/** The Huffman symbols of all scans, in the order in which a file has its blocks. */

import { CB_TABLE, CR_TABLE, Y_HIGH_TABLE, Y_LOW_TABLE } from "../kernel.js";
import { BlockTokeniser } from "./blocks.js";

/** More than one block can bring. */
const SPARE_TOKENS = 1024;

/**
 * @typedef {object} Stream
 * @property {Uint32Array} tokens
 * @property {number} from
 * @property {number} to
 */

/**
 * A sample of one in `step` is even over the picture, whatever its width, when it follows multiples of the golden
 * ratio (Weyl).
 * @param {number} step
 */
const sampleLimit = (step) => Math.floor(0xffffffff / step);

/**
 * @param {number} index
 * @param {number} limit
 */
const leftOut = (index, limit) => Math.imul(index, 2654435769) >>> 0 > limit;

export class Tokeniser extends BlockTokeniser {
  /**
   * @param {import("../layout.js").Layout} layout
   * @param {Int16Array[]} coefficients
   * @param {Uint32Array} tokens  two arrays that fill at the same time in progressive mode
   * @param {Uint32Array} tokensOfYHigh
   * @param {number} room  of each
   */
  constructor(layout, coefficients, tokens, tokensOfYHigh, room) {
    super(coefficients, layout.progressive);
    this.layout = layout;
    this.tokens = tokens;
    this.tokensOfYHigh = tokensOfYHigh;
    this.room = room - SPARE_TOKENS;
    /** @type {Stream[]} */
    this.scans = [];
  }

  /**
   * Symbols of the whole picture (step 1), or of about one part in `step` of it, and how often each occurs.
   * @param {number} step
   */
  tokenise(step) {
    this.beginCounting();
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
    const limit = sampleLimit(step);
    let end = 0;
    let seen = 0;
    for (let y = 0; y < mcusHigh; y += 1) {
      for (let x = 0; x < mcusWide; x += 1) {
        if (leftOut(y * mcusWide + x, limit)) continue;
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
    const { layout, tokens } = this;
    const { grey, components } = layout;
    let end = at;
    for (let i = 0; sampled && x > 0 && i < components.length; i += 1) {
      const before = i > 0 || grey ? this.blockAt(i, x - 1, y) : this.blockAt(0, 2 * x - 1, 2 * y + 1);
      this.predictions[i] = this.quantisedDc(i, before);
    }
    if (grey) return this.putBlock(tokens, end, 0, this.blockAt(0, x, y));
    end = this.putBlock(tokens, end, 0, this.blockAt(0, 2 * x, 2 * y));
    end = this.putBlock(tokens, end, 0, this.blockAt(0, 2 * x + 1, 2 * y));
    end = this.putBlock(tokens, end, 0, this.blockAt(0, 2 * x, 2 * y + 1));
    end = this.putBlock(tokens, end, 0, this.blockAt(0, 2 * x + 1, 2 * y + 1));
    end = this.putBlock(tokens, end, 1, this.blockAt(1, x, y));
    return this.putBlock(tokens, end, 2, this.blockAt(2, x, y));
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
   * Scans of one component hold only the blocks of the picture, row by row (A.2.2).
   * @param {number} begin  of the tokens, after those of DC
   * @param {number} step
   * @returns {number}  blocks seen
   */
  putScans(begin, step) {
    const { tokens, tokensOfYHigh: highTokens, room } = this;
    const limit = sampleLimit(step);
    let end = begin;
    let high = 0;
    let index = 0;
    let seen = 0;
    for (const [i, { wide, high: rows }] of this.layout.components.entries()) {
      const from = end;
      const table = [Y_LOW_TABLE, CB_TABLE, CR_TABLE][i];
      for (let y = 0; y < rows; y += 1) {
        for (let x = 0; x < wide; x += 1, index += 1) {
          if (leftOut(index >> 3, limit)) continue;
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
