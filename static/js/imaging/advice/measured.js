/** Advice measured on the rows that pass by on their way to the encoder. */

import { liesOnItsSide } from "../orientation.js";
import { adviceFrom, measure } from "./advice.js";
import { averaging } from "./luma.js";

/** @typedef {import("../encoder/layout.js").Source} Source */

/**
 * A source whose rows are looked at as they are read.
 * @param {Source} source
 * @returns {{ source: Source, advise: (longSide: number) => string[] }}  `advise`: after the last row; of the photo's
 *   own long side, pixels
 */
export function measured(source) {
  const { luma, add } = averaging(source);
  return {
    source: {
      ...source,
      async readRows(top, rows, target) {
        await source.readRows(top, rows, target);
        add(top, rows, target);
      },
    },
    advise(longSide) {
      const found = measure(luma);
      if (liesOnItsSide(source.orientation)) {
        const { upright, sideways } = found.lines;
        found.lines = { upright: sideways, sideways: upright };
      }
      return adviceFrom(found, longSide);
    },
  };
}

const WARM_SIDE = 512;
const WARM_ROUNDS = 6;

/** Lets the engine compile the loops with its best compiler while there is no photo yet. */
export function warmAdvice() {
  const pixels = new Uint8Array(4 * WARM_SIDE * WARM_SIDE);
  // Lines of something like characters, so that no loop is left out.
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at >> 4) & (at >> 14) & 1 ? 40 : 250;
  for (let round = 0; round < WARM_ROUNDS; round += 1) {
    const { luma, add } = averaging({ width: WARM_SIDE, height: WARM_SIDE, order: "rgba" }, WARM_SIDE / 2);
    add(0, WARM_SIDE, pixels);
    measure(luma);
  }
}
