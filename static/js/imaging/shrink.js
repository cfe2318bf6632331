/**
 * A photo's way below the limit. Stands on its own: a page needs nothing but this file and its neighbours.
 *
 * An engine does decoding, scaling, turning and encoding in one piece, because the good ways of doing each depend on
 * the others. `ENGINES` are tried in order; all but the last may fail or be missing on a phone. Where the last fails too, the original goes to
 * the server: that is what a ShrinkFailure other than `aborted` says.
 */

import { refuseTooManyPixels } from "./bounds.js";
import { adviceOfImage, canvasEngine, stripesEngine } from "./canvas-engine.js";
import { loadStored } from "./decode.js";
import { ShrinkFailure, throwIfAborted } from "./failure.js";
import { MEDIA_TYPES } from "./headers.js";
import { cornersOf } from "./homography.js";
import { ask, canWork, startAhead } from "./photo-worker.js";
import { planWhole, readPicture } from "./picture.js";
import { workerEngine } from "./worker-engine.js";

export { ShrinkFailure } from "./failure.js";

/**
 * @typedef {object} Chosen
 * @property {Blob} file
 * @property {() => Promise<import("./picture.js").Picture>} read  once for all engines of the page
 *
 * @typedef {object} Task
 * @property {number} maxBytes  the result is never larger
 * @property {number} quarterTurns  clockwise, after the picture is upright
 * @property {import("./homography.js").Corners | null} corners  of what is cut out and laid flat before it is turned
 * @property {boolean} advise  never of a crop: its size and its edges were chosen
 * @property {AbortSignal} [signal]
 * @property {(done: number) => void} onProgress  0 to 1
 *
 * @typedef {object} Shrunk
 * @property {Blob} blob  image/jpeg or image/png without metadata
 * @property {number} width  pixels, upright
 * @property {number} height
 * @property {string[]} advice  codes of reviewers' reasons, measured on the photo before it was shrunk; none of a crop
 * @property {string} [engine]  where it knows more exactly than by its name
 *
 * @typedef {object} Engine
 * @property {string} name
 * @property {(chosen: Chosen, task: Task) => Promise<Shrunk>} shrink  rejects with ShrinkFailure
 *
 * @typedef {Shrunk & { engine: string }} Result  `engine` is "kept" where the pixels were kept
 *
 * @typedef {object} Options
 * @property {number} [maxBytes]
 * @property {boolean} [advise]  by default true; takes about a tenth as long again
 * @property {AbortSignal} [signal]
 * @property {(done: number) => void} [onProgress]
 */

/** @type {Engine[]} */
const ENGINES = [workerEngine, stripesEngine, canvasEngine];

const MAX_BYTES = 204800;
/** A file so many times the limit has not only metadata to lose. */
const MAY_BE_KEPT = 4;
/** What the server decodes at most; a small file with more pixels is drawn anew. */
const MOST_KEPT_PIXELS = 24000000;
/** Ordinary progressive files have about ten; hundreds cost a decoder seconds. */
const MOST_KEPT_SCANS = 20;
/** Four components are print colours, which only some viewers show rightly. */
const MOST_KEPT_COMPONENTS = 3;

startAhead();

/** @type {Promise<unknown>} */
let previous = Promise.resolve();

/**
 * Two pictures at once can exceed what a phone gives one page, and then both come out black.
 * @template T
 * @param {() => Promise<T>} task
 * @returns {Promise<T>}
 */
function oneAtATime(task) {
  const result = previous.then(task);
  previous = result.catch(() => undefined);
  return result;
}

/**
 * @param {import("./picture.js").Picture} picture
 * @param {Task} task
 * @param {import("./strip.js").Stripped} stripped
 * @returns {Promise<Shrunk | null>}  null when the picture has to be drawn anew
 */
async function keepPixels({ bytes, header }, { maxBytes, quarterTurns, corners, advise, signal }, stripped) {
  const keeps =
    stripped.size <= maxBytes &&
    stripped.scans <= MOST_KEPT_SCANS &&
    header.orientation === 1 &&
    quarterTurns % 4 === 0 &&
    !corners &&
    header.components <= MOST_KEPT_COMPONENTS &&
    header.width * header.height <= MOST_KEPT_PIXELS;
  if (!keeps) return null;
  refuseTooManyPixels(header);
  const { image, free } = await loadStored(bytes, header, signal);
  try {
    const { naturalWidth: width, naturalHeight: height } = image;
    const blob = new Blob(stripped.parts, { type: MEDIA_TYPES[header.type] });
    return { blob, width, height, advice: advise ? await adviceOfImage(image, signal) : [] };
  } finally {
    free();
  }
}

/**
 * @param {Blob} file
 * @param {Task} task
 * @returns {Promise<Result>}
 */
async function run(file, task) {
  /** @type {Promise<import("./picture.js").Picture> | undefined} */
  let reading;
  const read = () => {
    reading ??= readPicture(file, task.signal);
    return reading;
  };
  // A large file is read by the worker alone.
  if (file.size <= MAY_BE_KEPT * task.maxBytes) {
    const picture = await read();
    const stripped = planWhole(picture);
    const kept = stripped && (await keepPixels(picture, task, stripped));
    if (kept) {
      task.onProgress(1);
      return { ...kept, engine: "kept" };
    }
  }
  throwIfAborted(task.signal);
  task.onProgress(0.1);
  /** @type {unknown} */
  let failure = new ShrinkFailure("undecodable");
  for (const { name, shrink } of ENGINES) {
    try {
      const shrunk = await shrink({ file, read }, task);
      task.onProgress(1);
      return { engine: name, ...shrunk };
    } catch (error) {
      failure = error instanceof ShrinkFailure ? error : new ShrinkFailure("undecodable", error);
      if (/** @type {ShrinkFailure} */ (failure).code === "aborted") break;
    }
  }
  throw failure;
}

/**
 * The photo as it will be sent: at most `maxBytes`, upright, without metadata.
 * @param {Blob} file  a File or Blob of any type; the bytes decide
 * @param {Options} [options]
 * @returns {Promise<Result>}  rejects with ShrinkFailure, whose `code` says why; then the original can be sent
 */
export function shrinkPhoto(file, options) {
  return turnPhoto(file, 0, options);
}

/**
 * Like shrinkPhoto, and turned. Give it the original each time: turning what was shrunk loses quality twice.
 * @param {Blob} file
 * @param {number} quarterTurns  clockwise; negative ones turn the other way
 * @param {Options} [options]
 * @returns {Promise<Result>}
 */
export function turnPhoto(file, quarterTurns, options) {
  return mendPhoto(file, { quarterTurns }, options);
}

/**
 * Like turnPhoto, and cut out by four corners and laid flat. Corners of which nothing can be made are left out.
 * @param {Blob} file  the original
 * @param {{ quarterTurns?: number, corners?: unknown }} mending  `corners` as in homography.js
 * @param {Options} [options]
 * @returns {Promise<Result>}
 */
export function mendPhoto(
  file,
  { quarterTurns = 0, corners },
  { maxBytes = MAX_BYTES, advise = true, signal, onProgress = () => {} } = {},
) {
  const usable = cornersOf(corners);
  const task = { maxBytes, quarterTurns, corners: usable, advise: advise && !usable, signal, onProgress };
  return oneAtATime(() => run(file, task));
}

/**
 * Starts and warms what shrinks, while the page has nothing else to do: the first photo is then as quick as the others.
 * Never fails.
 */
export async function warmUp() {
  if (canWork()) await oneAtATime(() => ask({ kind: "warm" })).catch(() => undefined);
}
