/** Advice measured on the rows that pass by on their way to the encoder. */

import { liesOnItsSide } from "../orientation.js";
import { adviceFrom, measure } from "./advice.js";
import { MEASURED_SIDE } from "./luma.js";

/** @typedef {import("../encoder/layout.js").Source} Source */

/** ITU-R BT.601, in 256ths. */
const [RED, GREEN, BLUE] = [77, 150, 29];

/**
 * A source whose rows are looked at as they are read, each once and in order: n x n pixels are averaged, n being a whole
 * number, which is several times as fast as an average by area.
 * @param {Source} source
 * @returns {{ source: Source, advise: (longSide: number) => string[] }}  `advise`: after the last row; of the photo's
 *   own long side, pixels
 */
export function measured(source) {
  const step = Math.max(1, Math.round(Math.max(source.width, source.height) / MEASURED_SIDE));
  const width = Math.max(1, Math.floor(source.width / step));
  const height = Math.max(1, Math.floor(source.height / step));
  const data = new Uint8Array(width * height);
  const sums = new Uint32Array(width);
  const [red, blue] = source.order === "rgba" ? [RED, BLUE] : [BLUE, RED];
  const share = 1 / (step * step * (RED + GREEN + BLUE));
  let next = 0;

  /**
   * @param {Uint8Array} rows
   * @param {number} from  offset of the row's first byte
   */
  const add = (rows, from) => {
    for (let x = 0, at = from; x < width; x += 1) {
      let sum = 0;
      for (let end = at + 4 * step; at < end; at += 4)
        sum += red * rows[at] + GREEN * rows[at + 1] + blue * rows[at + 2];
      sums[x] += sum;
    }
  };

  return {
    source: {
      ...source,
      async readRows(top, rows, target) {
        await source.readRows(top, rows, target);
        // Stripes overlap by a row where the first one has to be even.
        for (; next < top + rows && next < height * step; next += 1) {
          add(target, 4 * source.width * (next - top));
          if (next % step < step - 1) continue;
          const line = data.subarray(((next / step) | 0) * width);
          for (let x = 0; x < width; x += 1) line[x] = sums[x] * share + 0.5;
          sums.fill(0);
        }
      },
    },
    advise(longSide) {
      const found = measure({ width, height, data });
      if (liesOnItsSide(source.orientation)) {
        const { upright, sideways } = found.lines;
        found.lines = { upright: sideways, sideways: upright };
      }
      return adviceFrom(found, longSide);
    },
  };
}
