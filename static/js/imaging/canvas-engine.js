/** The engine that every browser has: `<img>`, one small canvas, its own JPEG encoder. */

import {
  canvasReadsTrue,
  drawnRegion,
  drawnSurface,
  encodeJpeg,
  freeSurface,
  isOneColour,
  surfaceOf,
} from "./canvas.js";
import { planCrop } from "./crop.js";
import { loadStored, refuseTooManyPixels } from "./decode.js";
import { ShrinkFailure, throwIfAborted } from "./failure.js";
import { fittedSize, searchQuality } from "./fit.js";
import { cornersAfter } from "./homography.js";
import { liesOnItsSide, turned } from "./orientation.js";
import { straightened } from "./straighten.js";

/**
 * @typedef {import("./shrink.js").Picture} Picture
 * @typedef {import("./shrink.js").Task} Task
 * @typedef {import("./shrink.js").Shrunk} Shrunk
 */

const SMALLER = 0.88;
const SMALLEST_SIDE = 320;
/** Of the part of a photo that a crop is made of: it lies on a canvas beside the result. */
const MOST_REGION_PIXELS = 6000000;
/** A JPEG of a single colour needs about 0.012 bytes a pixel; with twice that there is something in it. */
const BYTES_A_PIXEL_OF_NOTHING = 0.025;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement} image
 * @param {number} bytes  of the file
 */
function refuseBlank(canvas, image, bytes) {
  if (!isOneColour(canvas)) return;
  const pixels = image.naturalWidth * image.naturalHeight;
  if (!isOneColour(image) || bytes > BYTES_A_PIXEL_OF_NOTHING * pixels + 4096)
    throw new ShrinkFailure("blank");
}

/**
 * @param {HTMLImageElement} image  as stored
 * @param {number} orientation  by which it has to be turned, quarter turns left out
 * @param {Task} task
 * @param {number} scale
 */
function drawn(image, orientation, { quarterTurns, corners, signal }, scale) {
  const aside = liesOnItsSide(corners ? orientation : turned(orientation, quarterTurns));
  const width = aside ? image.naturalHeight : image.naturalWidth;
  const height = aside ? image.naturalWidth : image.naturalHeight;
  if (!corners)
    return drawnSurface(image, turned(orientation, quarterTurns), fittedSize(width, height, scale));
  const plan = planCrop(width, height, corners, scale, MOST_REGION_PIXELS);
  const raster = drawnRegion(image, orientation, plan.whole, plan.region);
  return surfaceOf(straightened(raster, cornersAfter(plan, quarterTurns)), signal);
}

/**
 * @param {Picture} picture
 * @param {Task} task
 * @returns {Promise<Shrunk>}
 */
async function shrink({ bytes, header }, task) {
  const { maxBytes, signal, onProgress } = task;
  refuseTooManyPixels(header);
  if (!canvasReadsTrue()) throw new ShrinkFailure("blank");
  const { image, free } = await loadStored(bytes, header, signal);
  try {
    onProgress(0.4);
    for (let scale = 1; ; scale *= SMALLER) {
      const surface = await drawn(image, header.orientation, task, scale);
      const { width, height } = surface.canvas;
      try {
        if (scale < 1 && Math.max(width, height) < SMALLEST_SIDE) throw new ShrinkFailure("undecodable");
        // A crop may well be of one colour; the whole picture is not.
        if (scale === 1 && !task.corners) refuseBlank(surface.canvas, image, bytes.length);
        onProgress(0.6);
        const blob = await searchQuality((quality) => {
          throwIfAborted(signal);
          return encodeJpeg(surface.canvas, quality);
        }, maxBytes);
        throwIfAborted(signal);
        if (blob) return { blob, width, height };
      } finally {
        freeSurface(surface);
      }
    }
  } finally {
    free();
  }
}

/** @type {import("./shrink.js").Engine} */
export const canvasEngine = { name: "canvas", shrink };
