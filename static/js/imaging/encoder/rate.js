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
/** What the file itself must fill. */
const FILLED = 0.97;

const FIRST = 18;
/** Nothing more is seen below it: small pictures stop there. */
const FINEST = 3;
const COARSEST = 250;

/** One part in so many is right within a per cent or two; a smaller sample costs more full counts than it saves. */
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
 * Narrows the scale down between one whose file is too long and one whose file fits.
 */
function bracket() {
  let tooFine = 0;
  let fits = Number.POSITIVE_INFINITY;
  return {
    /**
     * @param {number} scale
     * @param {boolean} fitted
     */
    learn(scale, fitted) {
      if (fitted) fits = Math.min(fits, scale);
      else tooFine = Math.max(tooFine, scale);
      // Stuffing can make a scale too fine after all.
      if (fits <= tooFine) fits = Number.POSITIVE_INFINITY;
    },
    /** Nothing lies between the two any more. */
    closed: () => fits / tooFine < 1 + SAME,
    hopeless: () => tooFine >= COARSEST,
    best: () => (fits === Number.POSITIVE_INFINITY ? COARSEST : fits),
    /** @param {number} scale */
    holds: (scale) => scale > tooFine && scale < fits,
    middle() {
      if (fits === Number.POSITIVE_INFINITY) return COARSEST;
      return tooFine > 0 ? Math.sqrt(tooFine * fits) : FINEST;
    },
  };
}

/**
 * @param {(scale: number, step: number) => Promise<number>} count  bytes of the file at this scale, from the whole
 *   picture (step 1) or about one part in `step`
 * @param {() => Uint8Array<ArrayBuffer> | null} write  the file for the last full count; null: far too long
 * @param {number} maxBytes
 * @returns {Promise<Uint8Array<ArrayBuffer>>}  rejects with DoesNotFit
 */
export async function writeWithin(count, write, maxBytes) {
  const line = secant(maxBytes * AIM);
  const found = bracket();
  let scale = await sampled(count, line);
  let bytes = 0;
  /** Of a file to its count, where stuffing was not as foreseen. */
  let longer = 1;
  /** @type {Uint8Array<ArrayBuffer> | null} */
  let best = null;
  for (let left = MOST_COUNTS; left > 0 && !found.hopeless(); left -= 1) {
    bytes = (await count(scale, 1)) * longer;
    const isLast = left === 1 || scale <= FINEST || found.closed();
    const most = isLast || scale >= COARSEST ? maxBytes : maxBytes * HIGH;
    if (bytes <= most && (isLast || bytes >= maxBytes * LOW)) {
      const file = write();
      const length = file ? file.length : 2 * bytes;
      if (file && length <= maxBytes) {
        if (isLast || length >= maxBytes * FILLED) return file;
        best = file;
      }
      longer *= length / bytes;
      bytes = length;
    }
    found.learn(scale, bytes <= maxBytes * HIGH);

    const proposed = line.next(scale, bytes);
    const isEarly = left > MOST_COUNTS - SECANT_COUNTS;
    if (left === 2 || found.closed()) scale = found.best();
    else scale = isEarly && found.holds(proposed) ? proposed : found.middle();
  }
  if (best) return best;
  throw new DoesNotFit(bytes, maxBytes);
}

/**
 * @param {(scale: number, step: number) => Promise<number>} count
 * @param {ReturnType<typeof secant>} line
 * @returns {Promise<number>}  scale
 */
async function sampled(count, line) {
  let scale = FIRST;
  for (let i = 0; i < MOST_SAMPLES; i += 1) {
    const before = scale;
    scale = line.next(scale, await count(scale, SAMPLE_STEP));
    if (Math.abs(Math.log(scale / before)) < NEAR) break;
  }
  // A sample's size does not compare with a full count's.
  line.forget();
  return scale;
}
