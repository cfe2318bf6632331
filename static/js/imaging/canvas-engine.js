/** The engine that every browser has: `<img>`, one small canvas, its own JPEG encoder. */

import { canvasReadsTrue, drawnSurface, encodeJpeg, freeSurface, isOneColour } from "./canvas.js";
import { loadStored, refuseTooManyPixels } from "./decode.js";
import { ShrinkFailure, throwIfAborted } from "./failure.js";
import { fittedSize, searchQuality } from "./fit.js";
import { liesOnItsSide, turned } from "./orientation.js";

/**
 * @typedef {import("./shrink.js").Picture} Picture
 * @typedef {import("./shrink.js").Task} Task
 * @typedef {import("./shrink.js").Shrunk} Shrunk
 */

const SMALLER = 0.88;
const SMALLEST_SIDE = 320;
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
 * @param {Picture} picture
 * @param {Task} task
 * @returns {Promise<Shrunk>}
 */
async function shrink({ bytes, header }, { maxBytes, quarterTurns, signal, onProgress }) {
  refuseTooManyPixels(header);
  if (!canvasReadsTrue()) throw new ShrinkFailure("blank");
  const { image, free } = await loadStored(bytes, header, signal);
  try {
    onProgress(0.4);
    const orientation = turned(header.orientation, quarterTurns);
    const aside = liesOnItsSide(orientation);
    const width = aside ? image.naturalHeight : image.naturalWidth;
    const height = aside ? image.naturalWidth : image.naturalHeight;
    for (let scale = 1; ; scale *= SMALLER) {
      const size = fittedSize(width, height, scale);
      if (scale < 1 && Math.max(size.width, size.height) < SMALLEST_SIDE)
        throw new ShrinkFailure("undecodable");
      const surface = drawnSurface(image, orientation, size);
      try {
        if (scale === 1) refuseBlank(surface.canvas, image, bytes.length);
        onProgress(0.6);
        const blob = await searchQuality((quality) => {
          throwIfAborted(signal);
          return encodeJpeg(surface.canvas, quality);
        }, maxBytes);
        throwIfAborted(signal);
        if (blob) return { blob, ...size };
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
