/** The canvases of this room: made, drawn on, looked at, encoded, given back. */

import { measured } from "./advice/measured.js";
import { backdropFor, SIDE } from "./backdrop.js";
import { NOISE } from "./blank.js";
import { ShrinkFailure, throwIfAborted } from "./failure.js";
import { liesOnItsSide, matrix } from "./orientation.js";

/**
 * @typedef {object} Surface
 * @property {HTMLCanvasElement} canvas
 * @property {CanvasRenderingContext2D} context
 */

const SAMPLE_SIDE = 32;
const STRIP_ROWS = 128;
const SOURCE_ROWS = 16;
const ADVICE_ROWS = 64;
const LONGEST_STRETCH_MS = 24;

/**
 * @param {number} width
 * @param {number} height
 * @param {string} [backdrop]  what is seen through transparent parts
 * @returns {Surface}
 */
function makeSurface(width, height, backdrop = "#fff") {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  // Read back several times (once per encode), so it stays out of the graphics memory and its 4,096 px textures.
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new ShrinkFailure("blank");
  context.imageSmoothingQuality = "high";
  context.fillStyle = backdrop;
  return { canvas, context };
}

/**
 * iOS counts the memory of all canvases together and only an empty one gives it back.
 * @param {Surface} surface
 */
export function freeSurface({ canvas }) {
  canvas.width = 0;
  canvas.height = 0;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {CanvasImageSource} picture
 * @param {number} orientation  EXIF value by which the picture has to be turned
 * @param {number} width  of the upright picture on the canvas
 * @param {number} height
 * @param {number} [top]  the canvas begins at this row of the upright picture
 * @param {number} [left]  and at this column
 */
function drawUpright(context, picture, orientation, width, height, top = 0, left = 0) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  const [a, b, c, d, e, f] = matrix(orientation, width, height);
  context.setTransform(a, b, c, d, e - left, f - top);
  const aside = liesOnItsSide(orientation);
  context.drawImage(picture, 0, 0, aside ? height : width, aside ? width : height);
  context.setTransform(1, 0, 0, 1, 0, 0);
}

/**
 * Where the engine has no smoothing quality (Firefox), a reduction by two or more skips pixels. Strips at double size,
 * halved one by one, use them all without a second large canvas.
 * @param {Surface} surface
 * @param {HTMLImageElement} image
 * @param {number} orientation
 */
function drawInHalvedStrips({ canvas, context }, image, orientation) {
  const { width, height } = canvas;
  const strip = makeSurface(2 * width, 2 * STRIP_ROWS, String(context.fillStyle));
  try {
    for (let top = 0; top < height; top += STRIP_ROWS) {
      drawUpright(strip.context, image, orientation, 2 * width, 2 * height, 2 * top);
      context.drawImage(strip.canvas, 0, top, width, STRIP_ROWS);
    }
  } finally {
    freeSurface(strip);
  }
}

/**
 * @param {HTMLImageElement} image  as stored
 * @param {number} orientation
 * @param {{ width: number, height: number }} size  upright, in pixels
 * @param {string} [backdrop]
 * @returns {Surface}
 */
export function drawnSurface(image, orientation, { width, height }, backdrop) {
  const surface = makeSurface(width, height, backdrop);
  const stored = image.naturalWidth * image.naturalHeight;
  if (!("imageSmoothingQuality" in CanvasRenderingContext2D.prototype) && stored > 2 * width * height) {
    drawInHalvedStrips(surface, image, orientation);
  } else {
    drawUpright(surface.context, image, orientation, width, height);
  }
  return surface;
}

/**
 * What is advised about a picture, measured on the canvas that it was drawn on.
 * @param {Surface} surface  upright
 * @param {number} longSide  of the photo itself, pixels
 * @param {AbortSignal} [signal]
 * @returns {Promise<string[]>}
 */
export async function adviceOn(surface, longSide, signal) {
  const { source, advise } = measured(sourceOf(surface));
  const { width, height } = source;
  const pixels = new Uint8Array(4 * width * ADVICE_ROWS);
  for (let top = 0; top < height; top += ADVICE_ROWS) {
    const rows = Math.min(ADVICE_ROWS, height - top);
    await source.readRows(top, rows, pixels.subarray(0, 4 * width * rows));
    throwIfAborted(signal);
  }
  await answering();
  return advise(longSide);
}

/** Lets the page answer its user. */
const answering = () => new Promise((resolve) => setTimeout(resolve));

/**
 * A part of the upright picture, scaled as the whole would be.
 * @param {HTMLImageElement} image  as stored
 * @param {number} orientation
 * @param {{ width: number, height: number }} whole  pixels
 * @param {{ left: number, top: number, width: number, height: number }} region  of them
 * @param {string} [backdrop]
 * @returns {import("./straighten.js").Raster}
 */
export function drawnRegion(image, orientation, whole, { left, top, width, height }, backdrop) {
  const surface = makeSurface(width, height, backdrop);
  try {
    drawUpright(surface.context, image, orientation, whole.width, whole.height, top, left);
    return { width, height, data: surface.context.getImageData(0, 0, width, height).data };
  } finally {
    freeSurface(surface);
  }
}

/**
 * A source's rows on a canvas, a few at a time: the page stays quick to answer in between.
 * @param {import("./straighten.js").Source} source  its turn is left out
 * @param {AbortSignal} [signal]
 * @returns {Promise<Surface>}
 */
export async function surfaceOf({ width, height, readRows }, signal) {
  const surface = makeSurface(width, height);
  let begun = performance.now();
  for (let top = 0; top < height; top += SOURCE_ROWS) {
    const rows = Math.min(SOURCE_ROWS, height - top);
    const stripe = new ImageData(width, rows);
    readRows(top, rows, stripe.data);
    surface.context.putImageData(stripe, 0, top);
    if (performance.now() - begun < LONGEST_STRETCH_MS) continue;
    await answering();
    if (signal?.aborted) freeSurface(surface);
    throwIfAborted(signal);
    begun = performance.now();
  }
  return surface;
}

/**
 * @param {CanvasImageSource} picture
 * @returns {boolean}  whether a small copy of it is all one colour
 */
export function isOneColour(picture) {
  const sample = makeSurface(SAMPLE_SIDE, SAMPLE_SIDE);
  try {
    drawUpright(sample.context, picture, 1, SAMPLE_SIDE, SAMPLE_SIDE);
    const { data } = sample.context.getImageData(0, 0, SAMPLE_SIDE, SAMPLE_SIDE);
    const least = [255, 255, 255];
    const most = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
      for (let channel = 0; channel < 3; channel += 1) {
        least[channel] = Math.min(least[channel], data[at + channel]);
        most[channel] = Math.max(most[channel], data[at + channel]);
      }
    }
    return most.every((value, channel) => value - least[channel] <= NOISE);
  } finally {
    freeSurface(sample);
  }
}

/**
 * @param {CanvasImageSource} picture
 * @returns {string}  what it is to be seen on where it is transparent
 */
export function backdropOf(picture) {
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return "#fff";
  context.drawImage(picture, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  freeSurface({ canvas, context });
  return backdropFor(data);
}

/** @type {boolean | undefined} */
let readsTrue;

/** Whether this browser gives back what was drawn; hardened ones answer with white or noise. */
export function canvasReadsTrue() {
  if (readsTrue !== undefined) return readsTrue;
  const probe = makeSurface(2, 1);
  probe.context.fillStyle = "#fff";
  probe.context.fillRect(0, 0, 1, 1);
  probe.context.fillStyle = "#f00";
  probe.context.fillRect(1, 0, 1, 1);
  const seen = probe.context.getImageData(0, 0, 2, 1).data;
  freeSurface(probe);
  readsTrue = [255, 255, 255, 255, 255, 0, 0, 255].every((value, at) => Math.abs(value - seen[at]) <= NOISE);
  return readsTrue;
}

/**
 * Rows of a canvas as bytes of their own.
 * @param {Surface} surface
 * @param {number} top
 * @param {number} rows
 * @returns {Uint8Array<ArrayBuffer>}  RGBA
 */
export function rowsOf({ canvas, context }, top, rows) {
  const { data } = context.getImageData(0, top, canvas.width, rows);
  return new Uint8Array(/** @type {ArrayBuffer} */ (data.buffer));
}

/**
 * A canvas's rows, with pauses in between for the page to answer its user.
 * @param {Surface} surface
 * @returns {import("./encoder/layout.js").Source}
 */
export function sourceOf(surface) {
  let begun = performance.now();
  return {
    width: surface.canvas.width,
    height: surface.canvas.height,
    orientation: 1,
    order: "rgba",
    grey: false,
    even: false,
    async readRows(top, rows, target) {
      if (performance.now() - begun > LONGEST_STRETCH_MS) {
        await answering();
        begun = performance.now();
      }
      target.set(rowsOf(surface, top, rows));
    },
    close() {},
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality  0 to 1
 * @returns {Promise<Blob>}
 */
export function encodeJpeg(canvas, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => {
        if (blob && blob.type === "image/jpeg" && blob.size > 0) resolve(blob);
        else reject(new ShrinkFailure("blank"));
      },
      "image/jpeg",
      quality,
    );
  });
}
