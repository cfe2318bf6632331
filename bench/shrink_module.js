/** What the outside harness measures: the page's own function under the harness's names. */

import { shrinkPhoto, warmUp } from "../static/js/imaging/shrink.js";

/**
 * As the product calls it: with advice, which no other compressor gives.
 * @param {Blob} file
 * @param {{ maxBytes: number }} limit
 * @returns {Promise<{ blob: Blob, width: number, height: number, info: { engine: string } }>}
 */
export async function compress(file, { maxBytes }) {
  const { blob, width, height, engine } = await shrinkPhoto(file, { maxBytes });
  return { blob, width, height, info: { engine } };
}

export const warmup = warmUp;
