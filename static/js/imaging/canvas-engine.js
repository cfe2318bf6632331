/**
 * The engines that every browser has: `<img>` and one small canvas. "stripes" hands the canvas's pixels to our own
 * encoder, in the worker, or here where browsers know no workers that are modules (Safari 14, Firefox up to 113). "canvas",
 * the last resort, takes the canvas's encoder.
 */

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
/** Of the encoder's work in this page without a pause. */
const LONGEST_STRETCH_MS = 24;

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
 * @typedef {(surface: Surface, task: Task) => Promise<Blob | null>} Encode  null where it takes fewer pixels
 */

/** @type {Encode} */
const byCanvas = ({ canvas }, { maxBytes, signal }) =>
  searchQuality((quality) => {
    throwIfAborted(signal);
    return encodeJpeg(canvas, quality);
  }, maxBytes);

/** @type {Encode} */
async function byWorker(surface, { maxBytes, signal, onProgress }) {
  const { width, height } = surface.canvas;
  const { bytes } = await ask(
    { kind: "raster", width, height, maxBytes },
    {
      signal,
      onProgress: (done) => onProgress(0.6 + 0.4 * done),
      readRows: (top, rows) => rowsOf(surface, top, rows),
    },
  );
  return new Blob([bytes], { type: "image/jpeg" });
}

/** @type {Encode} */
async function here(surface, { maxBytes, signal }) {
  const { DoesNotFit, openEncoder } = await import("./encoder/encoder.js");
  // The page's policy forbids WebAssembly; that of a worker would not.
  const encoder = await openEncoder({ plain: true });
  let begun = performance.now();
  try {
    const { bytes } = await encoder.encode(
      {
        width: surface.canvas.width,
        height: surface.canvas.height,
        orientation: 1,
        order: "rgba",
        grey: false,
        even: false,
        async readRows(top, rows, target) {
          if (performance.now() - begun > LONGEST_STRETCH_MS) {
            await new Promise((resolve) => setTimeout(resolve));
            begun = performance.now();
          }
          target.set(rowsOf(surface, top, rows));
        },
        close() {},
      },
      { maxBytes, signal },
    );
    return new Blob([bytes], { type: "image/jpeg" });
  } catch (error) {
    if (error instanceof DoesNotFit) return null;
    throw error;
  }
}

/** @type {Encode} */
async function byOurEncoder(surface, task) {
  try {
    if (canWork()) return await byWorker(surface, task);
  } catch (error) {
    if (canWork() || (error instanceof ShrinkFailure && error.code === "aborted")) throw error;
  }
  return await here(surface, task);
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
    /** @type {string[]} */
    let advice = [];
    const backdrop = header.type === "jpeg" ? "#fff" : backdropOf(image);
    for (let scale = 1; ; scale *= SMALLER) {
      const surface = await drawn(image, header.orientation, task, scale, backdrop);
      const { width, height } = surface.canvas;
      try {
        if (scale < 1 && Math.max(width, height) < SMALLEST_SIDE) throw new ShrinkFailure("undecodable");
        // A crop may well be of one colour; the whole picture is not.
        if (scale === 1 && !task.corners) refuseBlank(surface.canvas, image, bytes.length);
        if (scale === 1 && task.advise) advice = adviceOn(surface, image);
        onProgress(0.6);
        const blob = await encode(surface, task);
        throwIfAborted(signal);
        if (blob) return { blob, width, height, advice };
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
 * @returns {string[]}
 */
export function adviceOfImage(image) {
  if (!canvasReadsTrue()) return [];
  const surface = drawnSurface(image, 1, fittedSize(image.naturalWidth, image.naturalHeight));
  try {
    return adviceOn(surface, image);
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
