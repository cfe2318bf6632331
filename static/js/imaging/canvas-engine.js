/**
 * The engines that every browser has: `<img>` and one small canvas. "stripes" hands the canvas's pixels to our own
 * encoder, in the worker, or here where browsers know no workers that are modules (Safari 14, Firefox up to 113). "canvas",
 * the last resort, takes the canvas's encoder.
 */

import { measured } from "./advice/measured.js";
import { holdsSomething } from "./blank.js";
import { refuseTooManyPixels } from "./bounds.js";
import {
  adviceOn,
  backdropOf,
  canvasReadsTrue,
  drawnRegion,
  drawnSurface,
  encodeJpeg,
  freeSurface,
  isOneColour,
  rowsOf,
  sourceOf,
  surfaceOf,
} from "./canvas.js";
import { planCrop } from "./crop.js";
import { loadStored } from "./decode.js";
import { ShrinkFailure, throwIfAborted } from "./failure.js";
import { fittedSize, searchQuality } from "./fit.js";
import { cornersAfter } from "./homography.js";
import { liesOnItsSide, turned } from "./orientation.js";
import { ask, canWork } from "./photo-worker.js";
import { planWhole } from "./picture.js";
import { straightened } from "./straighten.js";

/**
 * @typedef {import("./shrink.js").Chosen} Chosen
 * @typedef {import("./shrink.js").Task} Task
 * @typedef {import("./shrink.js").Shrunk} Shrunk
 */

const SMALLER = 0.88;
const SMALLEST_SIDE = 320;
/** Of the part of a photo that a crop is made of: it lies on a canvas beside the result. */
const MOST_REGION_PIXELS = 6000000;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement} image
 * @param {number} bytes  of the file
 */
function refuseBlank(canvas, image, bytes) {
  if (!isOneColour(canvas)) return;
  const pixels = image.naturalWidth * image.naturalHeight;
  if (!isOneColour(image) || holdsSomething(bytes, pixels)) throw new ShrinkFailure("blank");
}

/**
 * @param {HTMLImageElement} image  as stored
 * @param {number} orientation  by which it has to be turned, quarter turns left out
 * @param {Task} task
 * @param {number} scale
 * @param {string} backdrop
 */
function drawn(image, orientation, { quarterTurns, corners, signal }, scale, backdrop) {
  const aside = liesOnItsSide(corners ? orientation : turned(orientation, quarterTurns));
  const width = aside ? image.naturalHeight : image.naturalWidth;
  const height = aside ? image.naturalWidth : image.naturalHeight;
  if (!corners)
    return drawnSurface(image, turned(orientation, quarterTurns), fittedSize(width, height, scale), backdrop);
  const plan = planCrop(width, height, corners, scale, MOST_REGION_PIXELS);
  const raster = drawnRegion(image, orientation, plan.whole, plan.region, backdrop);
  return surfaceOf(straightened(raster, cornersAfter(plan, quarterTurns)), signal);
}

/**
 * @typedef {import("./canvas.js").Surface} Surface
 * @typedef {{ blob: Blob, advice: string[] }} Encoded
 * @typedef {(surface: Surface, task: Task, advisedSide: number) => Promise<Encoded | number>} Encode  `advisedSide`: of
 *   the photo itself, pixels, or 0 for no advice; a number where it takes fewer pixels: their scale
 */

/** @type {Encode} */
async function byCanvas(surface, { maxBytes, signal }, advisedSide) {
  const blob = await searchQuality((quality) => {
    throwIfAborted(signal);
    return encodeJpeg(surface.canvas, quality);
  }, maxBytes);
  return blob ? { blob, advice: advisedSide ? await adviceOn(surface, advisedSide, signal) : [] } : SMALLER;
}

/** @type {Encode} */
async function byWorker(surface, { maxBytes, signal, onProgress }, advisedSide) {
  const { width, height } = surface.canvas;
  const { bytes, advice, fewer } = await ask(
    { kind: "raster", width, height, maxBytes, advisedSide },
    {
      signal,
      onProgress: (done) => onProgress(0.6 + 0.4 * done),
      readRows: (top, rows) => rowsOf(surface, top, rows),
    },
  );
  return fewer || { blob: new Blob([bytes], { type: "image/jpeg" }), advice };
}

/** @type {Encode} */
async function here(surface, { maxBytes, signal }, advisedSide) {
  const { DoesNotFit, openEncoder } = await import("./encoder/encoder.js");
  // The page's policy forbids WebAssembly; that of a worker would not.
  const encoder = await openEncoder({ plain: true });
  const looked = advisedSide ? measured(sourceOf(surface)) : null;
  const source = looked ? looked.source : sourceOf(surface);
  try {
    const { bytes } = await encoder.encode(source, { maxBytes, signal });
    const blob = new Blob([bytes], { type: "image/jpeg" });
    return { blob, advice: looked ? looked.advise(advisedSide) : [] };
  } catch (error) {
    if (error instanceof DoesNotFit) return Math.min(SMALLER, Math.sqrt(error.maxBytes / error.bytes));
    throw error;
  }
}

/** @type {Encode} */
async function byOurEncoder(surface, task, advisedSide) {
  try {
    if (canWork()) return await byWorker(surface, task, advisedSide);
  } catch (error) {
    if (canWork() || (error instanceof ShrinkFailure && error.code === "aborted")) throw error;
  }
  return await here(surface, task, advisedSide);
}

/**
 * @param {Chosen} chosen
 * @param {Task} task
 * @param {Encode} encode
 * @returns {Promise<Shrunk>}
 */
async function shrink({ read }, task, encode) {
  const { signal, onProgress } = task;
  const picture = await read();
  planWhole(picture);
  const { bytes, header } = picture;
  refuseTooManyPixels(header);
  if (!canvasReadsTrue()) throw new ShrinkFailure("blank");
  const { image, free } = await loadStored(bytes, header, signal);
  try {
    onProgress(0.4);
    const advisedSide = task.advise ? Math.max(image.naturalWidth, image.naturalHeight) : 0;
    const backdrop = header.type === "jpeg" ? "#fff" : backdropOf(image);
    for (let scale = 1; ; ) {
      const surface = await drawn(image, header.orientation, task, scale, backdrop);
      const { width, height } = surface.canvas;
      try {
        if (scale < 1 && Math.max(width, height) < SMALLEST_SIDE) throw new ShrinkFailure("undecodable");
        // A crop may well be of one colour; the whole picture is not.
        if (scale === 1 && !task.corners) refuseBlank(surface.canvas, image, bytes.length);
        onProgress(0.6);
        const encoded = await encode(surface, task, advisedSide);
        throwIfAborted(signal);
        if (typeof encoded !== "number") return { ...encoded, width, height };
        scale *= encoded;
      } finally {
        freeSurface(surface);
      }
    }
  } finally {
    free();
  }
}

/**
 * What is advised about a photo whose pixels are kept.
 * @param {HTMLImageElement} image  upright
 * @param {AbortSignal} [signal]
 * @returns {Promise<string[]>}
 */
export async function adviceOfImage(image, signal) {
  if (!canvasReadsTrue()) return [];
  const { naturalWidth, naturalHeight } = image;
  const surface = drawnSurface(image, 1, fittedSize(naturalWidth, naturalHeight));
  try {
    return await adviceOn(surface, Math.max(naturalWidth, naturalHeight), signal);
  } finally {
    freeSurface(surface);
  }
}

/** @type {import("./shrink.js").Engine} */
export const stripesEngine = {
  name: "stripes",
  shrink: (chosen, task) => shrink(chosen, task, byOurEncoder),
};

/** @type {import("./shrink.js").Engine} */
export const canvasEngine = { name: "canvas", shrink: (chosen, task) => shrink(chosen, task, byCanvas) };
