/** How bright a photo is, and whether a lamp is mirrored in it. */

const TILE = 8;
/** A pixel at least this bright holds nothing any more. */
const BURNT = 250;

/**
 * @param {import("./luma.js").Luma} luma
 * @param {number} share  0 to 1
 * @returns {number}  the brightness that this share of the pixels does not exceed
 */
export function brightness({ data }, share) {
  const counts = new Uint32Array(256);
  for (let at = 0; at < data.length; at += 1) counts[data[at]] += 1;
  let sum = 0;
  for (let value = 0; value < 256; value += 1) {
    sum += counts[value];
    if (sum >= share * data.length) return value;
  }
  return 255;
}

/**
 * @typedef {object} Glare
 * @property {number} area  of the largest burnt-out patch, as a share of the picture
 * @property {boolean} isInside  it nowhere touches the picture's edge, as a bright sky does
 * @property {number} around  the darkest pixel of the tiles around it, as their median has it
 */

/**
 * @param {import("./luma.js").Luma} luma
 * @returns {Glare}
 */
export function glareOf({ width, height, data }) {
  const columns = Math.floor(width / TILE);
  const rows = Math.floor(height / TILE);
  const darkest = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let least = 255;
      for (let y = row * TILE; y < (row + 1) * TILE; y += 1) {
        const at = y * width + column * TILE;
        for (let x = at; x < at + TILE; x += 1) if (data[x] < least) least = data[x];
      }
      darkest[row * columns + column] = least;
    }
  }
  const patch = largestPatch(darkest, columns, rows);
  const isIn = new Uint8Array(columns * rows);
  for (const tile of patch) isIn[tile] = 1;
  /** @type {number[]} */
  const ring = [];
  let isInside = true;
  for (const tile of patch) {
    const [x, y] = [tile % columns, Math.floor(tile / columns)];
    if (x === 0 || y === 0 || x === columns - 1 || y === rows - 1) isInside = false;
    for (let dy = Math.max(-2, -y); dy <= Math.min(2, rows - 1 - y); dy += 1) {
      for (let dx = Math.max(-2, -x); dx <= Math.min(2, columns - 1 - x); dx += 1) {
        const beside = tile + dy * columns + dx;
        if (isIn[beside] !== 0) continue;
        isIn[beside] = 2;
        ring.push(darkest[beside]);
      }
    }
  }
  ring.sort((a, b) => a - b);
  return {
    area: patch.length / Math.max(1, columns * rows),
    isInside,
    around: ring[Math.floor(ring.length / 2)] ?? 0,
  };
}

/**
 * @param {Uint8Array} darkest  of each tile
 * @param {number} columns
 * @param {number} rows
 * @returns {number[]}  tiles that hang together by their sides
 */
function largestPatch(darkest, columns, rows) {
  const seen = new Uint8Array(columns * rows);
  /** @type {number[]} */
  let largest = [];
  for (let start = 0; start < darkest.length; start += 1) {
    if (seen[start] || darkest[start] < BURNT) continue;
    seen[start] = 1;
    const patch = [start];
    for (let at = 0; at < patch.length; at += 1) {
      const tile = patch[at];
      const x = tile % columns;
      const beside = [tile - columns, tile + columns, x > 0 ? tile - 1 : -1, x < columns - 1 ? tile + 1 : -1];
      for (const next of beside) {
        if (next < 0 || next >= darkest.length || seen[next] || darkest[next] < BURNT) continue;
        seen[next] = 1;
        patch.push(next);
      }
    }
    if (patch.length > largest.length) largest = patch;
  }
  return largest;
}
