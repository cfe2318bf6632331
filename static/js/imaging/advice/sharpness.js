/**
 * How sharp a photo is where there is something to be sharp.
 *
 * In tiles of strong contrast the squared differences of neighbours are set against those of pixels three apart: 0.11 on a
 * ramp, a third on a step, about one on thin strokes. Noise would raise it, but weighs little at this size and contrast.
 * What the sharpest fifth of the tiles reaches counts, since a page has more paper than writing. A shaken photo is sharp
 * along the way it moved and soft across, so four directions are measured.
 */

const TILE = 32;
const APART = 3;
/** Mean squared difference, per pixel, along one axis; the other needs a third of it, or it is an edge and no writing. */
const CONTRAST = 120;
const SHARPEST = 0.8;

/**
 * @typedef {object} Sharpness
 * @property {number} tiles  that had contrast enough, of those looked at
 * @property {number} least  of the four directions
 * @property {number} along  of the two axes, the softer one
 * @property {number} evenness  1: alike in all directions; near 0: soft in one and sharp across it
 */

/** @param {number[]} values */
function sharpest(values) {
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(SHARPEST * sorted.length))];
}

/**
 * Squared differences of one tile along one way, summed: of neighbours and of pixels three apart.
 * @param {Uint8Array} data
 * @param {number} from  the tile's first pixel
 * @param {number} width  of the picture
 * @param {number} step  from a pixel to its neighbour
 */
function differences(data, from, width, step) {
  let near = 0;
  let apart = 0;
  for (let y = 0; y < TILE; y += 1) {
    for (let at = from + y * width, end = at + TILE; at < end; at += 1) {
      const here = data[at];
      const one = data[at + step] - here;
      const three = data[at + APART * step] - here;
      near += one * one;
      apart += three * three;
    }
  }
  return { near, apart };
}

/**
 * @param {import("./luma.js").Luma} luma
 * @returns {Sharpness | null}  null where nothing has contrast
 */
export function sharpnessOf({ width, height, data }) {
  /** @type {number[][]} */
  const ratios = [[], [], [], []];
  const pixels = TILE * TILE;
  for (let top = 0; top + TILE + APART < height; top += TILE) {
    // As on a chessboard: half of the tiles tell as much. Fewer rows of each would not, since few pixels scatter.
    for (let left = APART + (top & TILE); left + TILE + APART < width; left += 2 * TILE) {
      const from = top * width + left;
      const across = differences(data, from, width, 1);
      if (across.apart < 0.3 * CONTRAST * pixels) continue;
      const down = differences(data, from, width, width);
      if (Math.max(across.apart, down.apart) < CONTRAST * pixels) continue;
      if (down.apart < 0.3 * CONTRAST * pixels) continue;
      const falling = differences(data, from, width, width + 1);
      const rising = differences(data, from, width, width - 1);
      for (const [way, { near, apart }] of [across, down, falling, rising].entries())
        ratios[way].push(near / apart);
    }
  }
  if (ratios[0].length === 0) return null;
  const [across, down, falling, rising] = ratios.map(sharpest);
  return {
    tiles: ratios[0].length,
    least: Math.min(across, down, falling, rising),
    along: Math.min(across, down),
    evenness: Math.min(
      Math.min(across, down) / Math.max(across, down),
      Math.min(falling, rising) / Math.max(falling, rising),
    ),
  };
}
