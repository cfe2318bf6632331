/**
 * Rate control: the finest scale of the tables at which the file is not above its limit.
 *
 * Sizes come from counting symbols, which is cheap and exact but for the bytes stuffed after FF. ln(bytes) over
 * ln(scale) is a slowly bending line of slope 0.5 (busy) to 2 (noise), so a secant finds its way: first over counts of
 * a sample, then over full ones. For pixels of a JPEG the line is a staircase; there halving comes to the edge.
 */

/** Of the limit: where to aim, and what a full count must fall into. */
const AIM = 0.987;
const LOW = 0.972;
const HIGH = 0.998;

const FIRST = 18;
/** Nothing more is seen below it: small pictures stop there. */
const FINEST = 3;
const COARSEST = 250;

const SAMPLE_STEP = 6;
const MOST_SAMPLES = 4;
/** So near, the full count may check the last step. */
const NEAR = 0.06;
const SECANT_COUNTS = 5;
const MOST_COUNTS = 20;
/** Steps of the flattest tables: between two scales that are nearer than this one nothing is to be found. */
const SAME = 1 / 4096;

/** Even the coarsest tables give more bytes than allowed: fewer pixels are needed. */
export class DoesNotFit extends Error {
  /**
   * @param {number} bytes  about what the picture takes at least at this size
   * @param {number} maxBytes
   */
  constructor(bytes, maxBytes) {
    super(`at least ${Math.round(bytes)} bytes, ${maxBytes} allowed`);
    this.name = "DoesNotFit";
    this.bytes = bytes;
    this.maxBytes = maxBytes;
  }
}

/**
 * @param {number} scale
 */
const bounded = (scale) => Math.min(COARSEST, Math.max(FINEST, scale));

/**
 * Proposes the next scale from the last two sizes.
 * @param {number} aim  bytes
 */
function secant(aim) {
  let slope = 1.4;
  /** @type {{ scale: number, bytes: number } | null} */
  let before = null;
  return {
    forget() {
      before = null;
    },
    /**
     * @param {number} scale
     * @param {number} bytes  at this scale
     */
    next(scale, bytes) {
      const way = before ? Math.log(scale / before.scale) : 0;
      if (before && Math.abs(way) > 0.004) {
        const bend = Math.log(before.bytes / bytes) / way;
        if (bend > 0.3 && bend < 4) slope = bend;
      }
      before = { scale, bytes };
      return bounded(scale * (bytes / aim) ** (1 / slope));
    },
  };
}

/**
 * @param {(scale: number, step: number) => number} count  bytes of the file at this scale, from the whole picture
 *   (step 1) or about one part in `step`
 * @param {() => Uint8Array<ArrayBuffer> | null} write  the file for the last full count; null: far too long
 * @param {number} maxBytes
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {DoesNotFit}
 */
export function writeWithin(count, write, maxBytes) {
  const line = secant(maxBytes * AIM);
  let scale = FIRST;
  for (let i = 0; i < MOST_SAMPLES; i += 1) {
    const before = scale;
    scale = line.next(scale, count(scale, SAMPLE_STEP));
    if (Math.abs(Math.log(scale / before)) < NEAR) break;
  }

  line.forget();
  let tooFine = 0;
  let fits = Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (let counts = 1; counts <= MOST_COUNTS; counts += 1) {
    bytes = count(scale, 1);
    const isLast =
      scale <= FINEST || scale >= COARSEST || fits / tooFine < 1 + SAME || counts === MOST_COUNTS;
    if (bytes <= maxBytes * (isLast ? 1 : HIGH) && (isLast || bytes >= maxBytes * LOW)) {
      const file = write();
      if (file && file.length <= maxBytes) return file;
      // More stuffing than foreseen.
      bytes = file ? file.length : 2 * maxBytes;
    }
    if (bytes > maxBytes * HIGH) tooFine = Math.max(tooFine, scale);
    else fits = Math.min(fits, scale);
    if (tooFine >= COARSEST) break;

    const proposed = line.next(scale, bytes);
    const known = Number.isFinite(fits);
    if (counts + 1 >= MOST_COUNTS || fits / tooFine < 1 + SAME) scale = known ? fits : COARSEST;
    else if (counts < SECANT_COUNTS && proposed > tooFine && proposed < fits) scale = proposed;
    else if (known && tooFine) scale = Math.sqrt(tooFine * fits);
    else scale = known ? FINEST : COARSEST;
  }
  throw new DoesNotFit(bytes, maxBytes);
}
