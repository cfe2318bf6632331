/**
 * How long the sender leaves the network alone, whichever photo is next. A photo that does not get through waits by
 * itself and holds up no other; where nothing gets through, the others would only fail one after the other.
 */

import { delayAfter } from "./backoff.js";

/** Another photo is tried this often at least. */
const LONGEST_MS = 15000;
/** A rest beyond it was written by a clock that was ahead. */
const LONGEST_TOLD_MS = 900000;

/**
 * @param {() => number} now
 * @param {() => number} random
 */
export function patience(now, random) {
  let misses = 0;
  let until = 0;
  let isTold = false;

  return {
    /** Milliseconds still to rest. */
    left() {
      const left = until - now();
      return left > 0 && left <= LONGEST_TOLD_MS ? left : 0;
    },
    /** Our server has answered. Gives whether it had not for a while. */
    answered() {
      const wasAway = misses > 1;
      misses = 0;
      return wasAway;
    },
    /**
     * No answer has come.
     * @param {number} [seconds]  or one that asks to be left alone so long
     */
    missed(seconds = 0) {
      misses += 1;
      isTold = seconds > 0;
      if (isTold) until = now() + delayAfter(1, seconds, random);
      else if (misses > 1) until = now() + Math.min(LONGEST_MS, delayAfter(misses - 1, 0, random));
    },
    /**
     * Nothing may go for so long, unless there is news.
     * @param {number} ms
     */
    rest(ms) {
      isTold = false;
      until = now() + ms;
    },
    /** The network may be back. What the server asked for is kept to. */
    hurry() {
      if (!isTold) until = 0;
    },
  };
}
