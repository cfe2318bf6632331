/** How bright a photo is, and whether a lamp is mirrored in it. */

const TILE = 8;
/** A pixel at least this bright holds nothing any more. */
const BURNT = 250;
/** Of the rows that brightness is counted in: one in so many. */
const EVERY = 4;

/**
 * @param {import("./luma.js").Luma} luma
 * @param {number[]} shares  0 to 1, rising
 * @returns {number[]}  for each the brightness that this share of the pixels does not exceed
 */
export function brightness({ width, height, data }, shares) {
  const counts = new Uint32Array(256);
  let pixels = 0;
  for (let y = 0; y < height; y += EVERY) {
    for (let at = y * width, end = at + width; at < end; at += 1) counts[data[at]] += 1;
    pixels += width;
  }
  let value = 0;
  let sum = counts[0];
  return shares.map((share) => {
    while (value < 255 && sum < share * pixels) {
      value += 1;
      sum += counts[value];
    }
    return value;
  });
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
  const cornerOf = (/** @type {number} */ tile) =>
    Math.floor(tile / columns) * TILE * width + (tile % columns) * TILE;
  const burnt = new Uint8Array(columns * rows);
  for (let tile = 0; tile < burnt.length; tile += 1) {
    const at = cornerOf(tile);
    // Few tiles have a burnt corner.
    if (data[at] >= BURNT && darkest(data, at, width) >= BURNT) burnt[tile] = 1;
  }
  const patch = largestPatch(burnt, columns);
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
        ring.push(darkest(data, cornerOf(beside), width));
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
 * @param {Uint8Array} data
 * @param {number} from  the tile's first pixel
 * @param {number} width  of the picture
 * @returns {number}  the tile's darkest pixel
 */
function darkest(data, from, width) {
  let least = 255;
  for (let y = 0; y < TILE; y += 1) {
    const at = from + y * width;
    for (let x = at; x < at + TILE; x += 1) if (data[x] < least) least = data[x];
  }
  return least;
}

/**
 * @param {Uint8Array} burnt  1 for each tile that is
 * @param {number} columns
 * @returns {number[]}  tiles that hang together by their sides
 */
function largestPatch(burnt, columns) {
  const seen = new Uint8Array(burnt.length);
  /** @type {number[]} */
  let largest = [];
  for (let start = 0; start < burnt.length; start += 1) {
    if (seen[start] || !burnt[start]) continue;
    seen[start] = 1;
    const patch = [start];
    for (let at = 0; at < patch.length; at += 1) {
      const tile = patch[at];
      const x = tile % columns;
      const beside = [tile - columns, tile + columns, x > 0 ? tile - 1 : -1, x < columns - 1 ? tile + 1 : -1];
      for (const next of beside) {
        if (next < 0 || next >= burnt.length || seen[next] || !burnt[next]) continue;
        seen[next] = 1;
        patch.push(next);
      }
    }
    if (patch.length > largest.length) largest = patch;
  }
  return largest;
}
