/**
 * A photo's way below the limit. Stands on its own: a page needs nothing but this file and its neighbours.
 *
 * An engine does decoding, scaling, turning and encoding in one piece, because the good ways of doing each depend on
 * the others. `ENGINES` are tried in order; the one before the last may fail or be missing on a phone.
 */

import { canvasEngine } from "./canvas-engine.js";
import { loadStored, refuseTooManyPixels } from "./decode.js";
import { ShrinkFailure, throwIfAborted } from "./failure.js";
import { MEDIA_TYPES, readHeader } from "./headers.js";
import { cornersOf } from "./homography.js";
import { planStrip } from "./strip.js";

export { ShrinkFailure } from "./failure.js";

/**
 * @typedef {object} Picture
 * @property {Uint8Array<ArrayBuffer>} bytes  the whole file
 * @property {import("./headers.js").Header} header
 *
 * @typedef {object} Task
 * @property {number} maxBytes  the result is never larger
 * @property {number} quarterTurns  clockwise, after the picture is upright
 * @property {import("./homography.js").Corners | null} corners  of what is cut out and laid flat before it is turned
 * @property {AbortSignal} [signal]
 * @property {(done: number) => void} onProgress  0 to 1
 *
 * @typedef {object} Shrunk
 * @property {Blob} blob  image/jpeg or image/png without metadata
 * @property {number} width  pixels, upright
 * @property {number} height
 *
 * @typedef {object} Engine
 * @property {string} name
 * @property {(picture: Picture, task: Task) => Promise<Shrunk>} shrink  rejects with ShrinkFailure
 *
 * @typedef {Shrunk & { engine: string, advice: string[] }} Result  `engine` is "kept" where the pixels were kept;
 *   `advice` holds codes of reviewers' reasons
 *
 * @typedef {object} Options
 * @property {number} [maxBytes]
 * @property {AbortSignal} [signal]
 * @property {(done: number) => void} [onProgress]
 */

/** @type {Engine[]} */
const ENGINES = [canvasEngine];

const MAX_BYTES = 204800;
/** What the server decodes at most; a small file with more pixels is drawn anew. */
const MOST_KEPT_PIXELS = 24000000;
/** Ordinary progressive files have about ten; hundreds cost a decoder seconds. */
const MOST_KEPT_SCANS = 20;
/** Four components are print colours, which only some viewers show rightly. */
const MOST_KEPT_COMPONENTS = 3;

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
 * @param {Picture} picture
 * @param {Task} task
 * @param {import("./strip.js").Stripped} stripped
 * @returns {Promise<Shrunk | null>}  null when the picture has to be drawn anew
 */
async function keepPixels({ bytes, header }, { maxBytes, quarterTurns, corners, signal }, stripped) {
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
  const { naturalWidth: width, naturalHeight: height } = image;
  free();
  return { blob: new Blob(stripped.parts, { type: MEDIA_TYPES[header.type] }), width, height };
}

/**
 * @param {Blob} file
 * @param {Task} task
 * @returns {Promise<Result>}
 */
async function run(file, task) {
  throwIfAborted(task.signal);
  const bytes = new Uint8Array(
    await new Response(file).arrayBuffer().catch((error) => {
      throw new ShrinkFailure("undecodable", error);
    }),
  );
  throwIfAborted(task.signal);
  task.onProgress(0.1);
  const picture = { bytes, header: readHeader(bytes) };
  if (picture.header.type === "jpeg" || picture.header.type === "png") {
    const stripped = planStrip(bytes);
    // Browsers show the upper part of a cut picture as if it were whole; here its missing end is an error.
    if (!stripped) throw new ShrinkFailure("undecodable");
    const kept = await keepPixels(picture, task, stripped);
    if (kept) {
      task.onProgress(1);
      return { ...kept, engine: "kept", advice: [] };
    }
  }
  /** @type {unknown} */
  let failure = new ShrinkFailure("undecodable");
  for (const { name, shrink } of ENGINES) {
    try {
      const shrunk = await shrink(picture, task);
      task.onProgress(1);
      return { ...shrunk, engine: name, advice: [] };
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
  { maxBytes = MAX_BYTES, signal, onProgress = () => {} } = {},
) {
  const task = { maxBytes, quarterTurns, corners: cornersOf(corners), signal, onProgress };
  return oneAtATime(() => run(file, task));
}
