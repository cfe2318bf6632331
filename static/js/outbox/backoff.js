/** When to ask again. */

const LONGEST_SECONDS = 60;

/**
 * 1, 2, 4 … 60 seconds, each between three and five quarters of that, so that the phones of one hospital do not
 * come back in step.
 * @param {number} tries  failed so far, 1 or more
 * @param {number} [atLeast]  seconds the server asked for
 * @param {() => number} [random]
 * @returns {number}  milliseconds
 */
export function delayAfter(tries, atLeast = 0, random = Math.random) {
  const seconds = Math.min(LONGEST_SECONDS, 2 ** Math.max(0, tries - 1));
  const jitter = 0.75 + random() / 2;
  return Math.round(1000 * (atLeast > 0 ? atLeast + seconds * random() : seconds * jitter));
}
