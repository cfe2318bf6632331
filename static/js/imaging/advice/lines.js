/**
 * Which way lines of writing run. Between lines lie rows without ink; between the characters of one line there are no
 * such columns, or short ones. Small tiles are looked at one by one, so that a slanted page still has rows. Whether a
 * page stands on its head cannot be told like this.
 */

const TILE = 64;
/** Of a tile's brightness, from its darkest to its brightest pixel: below is ink. */
const INK = 0.55;
const LEAST_CONTRAST = 60;
const LEAST_WHITE = 120;
const [LEAST_INK, MOST_INK] = [0.04, 0.45];
/** Of a row, for it to be empty. */
const SPECKS = 0.04;
const LEAST_CHANGES = 4;
const LEAST_LEAD = 6;

/**
 * @param {Uint16Array} ink  of each row, or column, in pixels
 * @returns {{ empty: number, changes: number }}  how many are empty, and how often that changes
 */
function gaps(ink) {
  let empty = 0;
  let changes = 0;
  for (let at = 0; at < TILE; at += 1) {
    const isEmpty = ink[at] <= SPECKS * TILE;
    if (isEmpty) empty += 1;
    if (at > 0 && isEmpty !== ink[at - 1] <= SPECKS * TILE) changes += 1;
  }
  return { empty, changes };
}

/**
 * @param {Uint8Array} data
 * @param {number} from  the tile's first pixel
 * @param {number} width  of the picture
 * @returns {{ least: number, most: number }}  brightness, in every second row
 */
function range(data, from, width) {
  let least = 255;
  let most = 0;
  for (let y = 0; y < TILE; y += 2) {
    for (let at = from + y * width, end = at + TILE; at < end; at += 1) {
      const value = data[at];
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return { least, most };
}

/**
 * @param {import("./luma.js").Luma} luma
 * @returns {{ upright: number, sideways: number }}  tiles whose lines run across, and up or down
 */
export function linesOf({ width, height, data }) {
  let upright = 0;
  let sideways = 0;
  const rows = new Uint16Array(TILE);
  const columns = new Uint16Array(TILE);
  for (let top = 0; top + TILE <= height; top += TILE) {
    for (let left = 0; left + TILE <= width; left += TILE) {
      const { least, most } = range(data, top * width + left, width);
      if (most - least < LEAST_CONTRAST || most < LEAST_WHITE) continue;
      const level = least + INK * (most - least);
      columns.fill(0);
      let ink = 0;
      for (let y = 0; y < TILE; y += 1) {
        const at = (top + y) * width + left;
        let dark = 0;
        for (let x = 0; x < TILE; x += 1) {
          if (data[at + x] >= level) continue;
          columns[x] += 1;
          dark += 1;
        }
        rows[y] = dark;
        ink += dark;
      }
      if (ink < LEAST_INK * TILE * TILE || ink > MOST_INK * TILE * TILE) continue;
      const across = gaps(rows);
      const down = gaps(columns);
      if (across.changes >= LEAST_CHANGES && across.empty > down.empty + LEAST_LEAD) upright += 1;
      if (down.changes >= LEAST_CHANGES && down.empty > across.empty + LEAST_LEAD) sideways += 1;
    }
  }
  return { upright, sideways };
}
