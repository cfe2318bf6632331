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
 * @property {number} tiles  that had contrast enough
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
 * @param {import("./luma.js").Luma} luma
 * @returns {Sharpness | null}  null where nothing has contrast
 */
export function sharpnessOf({ width, height, data }) {
  const steps = [1, width, width + 1, width - 1];
  /** @type {number[][]} */
  const ratios = [[], [], [], []];
  const near = new Float64Array(4);
  const apart = new Float64Array(4);
  for (let top = 0; top + TILE + APART < height; top += TILE) {
    for (let left = APART; left + TILE + APART < width; left += TILE) {
      near.fill(0);
      apart.fill(0);
      for (let y = top; y < top + TILE; y += 1) {
        for (let at = y * width + left, end = at + TILE; at < end; at += 1) {
          const here = data[at];
          for (let way = 0; way < 4; way += 1) {
            const step = steps[way];
            const one = data[at + step] - here;
            const three = data[at + APART * step] - here;
            near[way] += one * one;
            apart[way] += three * three;
          }
        }
      }
      const strong = Math.max(apart[0], apart[1]) / (TILE * TILE);
      const weak = Math.min(apart[0], apart[1]) / (TILE * TILE);
      if (strong < CONTRAST || weak < 0.3 * CONTRAST) continue;
      for (let way = 0; way < 4; way += 1) ratios[way].push(near[way] / apart[way]);
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
