/**
 * Forward DCT (T.81, A.3.3) by Arai, Agui and Nakajima in 16 bits. Samples come in doubled, so the results carry 16
 * times AAN's factors of row and column, which the quantisation divides out.
 *
 * Turning costs nothing: blocks are stored where they lie in the upright picture; a mirrored or transposed one is
 * only loaded or stored in another order.
 */

import { ZIGZAG } from "../quantisation.js";

// cos(pi/4), cos(3 pi/8), cos(pi/8) - cos(3 pi/8), cos(pi/8) + cos(3 pi/8) - 1, by 2^15
const C4 = 23170;
const C6 = 12540;
const C2_MINUS_C6 = 17734;
const C2_PLUS_C6_MINUS_1 = 10045;
const HALF = 16384;

/** Columns done, rows to do. Of the samples' type: one function that sees two types is slow. */
const half = new Int16Array(64);

/** Where coefficients of a natural row go: zigzag positions, of the block as it is and transposed. */
const PLACES = [Uint8Array.from({ length: 64 }, (_, n) => ZIGZAG.indexOf(n)), new Uint8Array(64)];
for (let n = 0; n < 64; n += 1) PLACES[1][n] = PLACES[0][(n & 7) * 8 + (n >> 3)];
/** Where columns leave their results. */
const COLUMNS = Uint8Array.from({ length: 64 }, (_, n) => (n & 7) * 8 + (n >> 3));

/**
 * Eight numbers, `step` apart.
 * @param {Int16Array} from
 * @param {number} at
 * @param {number} step
 * @param {Int16Array} to
 * @param {number} out
 * @param {Uint8Array} places  from `out` on, of the eight results that begin at `first`
 * @param {number} first
 */
function transformEight(from, at, step, to, out, places, first) {
  const d0 = from[at];
  const d1 = from[at + step];
  const d2 = from[at + 2 * step];
  const d3 = from[at + 3 * step];
  const d4 = from[at + 4 * step];
  const d5 = from[at + 5 * step];
  const d6 = from[at + 6 * step];
  const d7 = from[at + 7 * step];
  const difference07 = d0 - d7;
  const difference16 = d1 - d6;
  const difference25 = d2 - d5;
  const difference34 = d3 - d4;

  const outer = d0 + d7 + (d3 + d4);
  const outerDifference = d0 + d7 - (d3 + d4);
  const inner = d1 + d6 + (d2 + d5);
  const innerDifference = d1 + d6 - (d2 + d5);
  const z1 = (Math.imul(innerDifference + outerDifference, C4) + HALF) >> 15;
  to[out + places[first]] = outer + inner;
  to[out + places[first + 4]] = outer - inner;
  to[out + places[first + 2]] = outerDifference + z1;
  to[out + places[first + 6]] = outerDifference - z1;

  const a = difference34 + difference25;
  const b = difference25 + difference16;
  const c = difference16 + difference07;
  const z5 = (Math.imul(a - c, C6) + HALF) >> 15;
  const z2 = ((Math.imul(a, C2_MINUS_C6) + HALF) >> 15) + z5;
  const z4 = c + ((Math.imul(c, C2_PLUS_C6_MINUS_1) + HALF) >> 15) + z5;
  const z3 = (Math.imul(b, C4) + HALF) >> 15;
  const z11 = difference07 + z3;
  const z13 = difference07 - z3;
  to[out + places[first + 5]] = z13 + z2;
  to[out + places[first + 3]] = z13 - z2;
  to[out + places[first + 1]] = z11 + z4;
  to[out + places[first + 7]] = z11 - z4;
}

/**
 * One row of blocks of the source.
 * @param {import("../layout.js").Layout} layout
 * @param {import("../layout.js").ComponentLayout} component
 * @param {Int16Array} coefficients
 * @param {Int16Array} samples
 * @param {number} samplesAt
 * @param {number} stride  samples in a row
 * @param {number} blockRow
 */
export function transformBlocks(layout, component, coefficients, samples, samplesAt, stride, blockRow) {
  const { flipX, flipY, transposed } = layout;
  const { storedWide, storedHigh } = component;
  const [count, rows] = transposed ? [storedHigh, storedWide] : [storedWide, storedHigh];
  const y = flipY ? rows - 1 - blockRow : blockRow;
  const firstRow = samplesAt + (flipY ? 7 * stride : 0);
  const rowStep = flipY ? -stride : stride;
  const firstColumn = flipX ? 7 : 0;
  const columnStep = flipX ? -1 : 1;
  const places = PLACES[transposed ? 1 : 0];
  for (let column = 0; column < count; column += 1) {
    const x = flipX ? count - 1 - column : column;
    const out = 64 * (transposed ? x * storedWide + y : y * storedWide + x);
    for (let i = 0; i < 8; i += 1)
      transformEight(samples, firstRow + 8 * column + i, rowStep, half, 0, COLUMNS, 8 * i);
    for (let i = 0; i < 8; i += 1) {
      transformEight(half, 8 * i + firstColumn, columnStep, coefficients, out, places, 8 * i);
    }
  }
}
