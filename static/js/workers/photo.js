/**
 * The photo worker: decoding and encoding beside the page. One photo at a time. What it is asked and answers is
 * written in imaging/orders.js. imaging/photo-worker.js, its only caller, ends it when a photo is taken back or nothing comes of it.
 */

import { measured, warmAdvice } from "../imaging/advice/measured.js";
import { holdsSomething, refusingOneColour } from "../imaging/blank.js";
import { refuseTooManyPixels } from "../imaging/bounds.js";
import { DoesNotFit, openEncoder, warmUp } from "../imaging/encoder/encoder.js";
import { ShrinkFailure } from "../imaging/failure.js";
import { uprightBytes } from "../imaging/headers.js";
import { planWhole, readPicture } from "../imaging/picture.js";
import { bitmap } from "./bitmap.js";
import { pageSource } from "./page-source.js";
import { scaledDecoder } from "./scaled-decoder.js";

/**
 * @typedef {import("../imaging/picture.js").Picture} Picture
 * @typedef {import("../imaging/encoder/layout.js").Source} Source
 *
 * @typedef {object} Wish
 * @property {number} quarterTurns  clockwise, after the picture is upright
 * @property {import("../imaging/homography.js").Corners | null} corners
 * @property {number} scale  below 1 for another try with fewer pixels
 *
 * @typedef {object} Way
 * @property {string} name
 * @property {(picture: Picture) => Promise<boolean>} serves  whether it can be tried on this picture
 * @property {(picture: Picture, wish: Wish) => Promise<Source>} open
 */

/** @type {Way[]} */
const WAYS = [scaledDecoder, bitmap];
const LEAST_SCALE = 0.15;

const opening = openEncoder();

/**
 * Encodes what `open` gives, with fewer pixels as long as even the coarsest tables are too large.
 * @param {(scale: number) => Promise<Source>} open
 * @param {{ maxBytes: number }} task
 * @param {(source: Source) => Source} watch
 */
async function encoded(open, { maxBytes }, watch) {
  for (let scale = 1; ; ) {
    const source = watch(await open(scale));
    try {
      const encoder = await opening;
      return await encoder.encode(source, {
        maxBytes,
        onProgress: (done) => postMessage({ progress: done }),
      });
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      scale *= Math.min(0.88, Math.sqrt(error.maxBytes / error.bytes));
      if (scale < LEAST_SCALE) throw new ShrinkFailure("undecodable", error);
    }
  }
}

/**
 * @param {(scale: number) => Promise<Source>} open
 * @param {{ maxBytes: number, advisedSide: number }} task
 * @param {(source: Source) => Source} watch
 */
async function encodedWithAdvice(open, task, watch) {
  /** @type {ReturnType<typeof measured> | undefined} */
  let looked;
  const result = await encoded(open, task, (source) => {
    // Another try has fewer pixels.
    if (looked || !task.advisedSide) return watch(source);
    looked = measured(source);
    return watch(looked.source);
  });
  return { ...result, advice: looked ? looked.advise(task.advisedSide) : [] };
}

/**
 * @param {import("../imaging/orders.js").PictureOrder} order
 */
async function shrink(order) {
  const picture = await readPicture(order.file);
  const { bytes, header } = picture;
  refuseTooManyPixels(header);
  if (header.type === "jpeg") uprightBytes(bytes, header);
  /** @type {unknown} */
  let failure = new ShrinkFailure("undecodable");
  for (const { name, serves, open } of WAYS) {
    try {
      if (!(await serves(picture))) continue;
      const isFull = !order.corners && holdsSomething(bytes.length, header.width * header.height);
      const watch = isFull ? refusingOneColour : same;
      const opened = async (/** @type {number} */ scale) => {
        const source = open(picture, { ...order, scale });
        // Meanwhile the decoder is at work, which has a thread of its own.
        try {
          if (scale === 1) planWhole(picture);
        } catch (error) {
          source.then(close, () => undefined);
          throw error;
        }
        return await source;
      };
      const advisedSide = order.advise ? Math.max(header.width, header.height) : 0;
      const result = await encodedWithAdvice(opened, { ...order, advisedSide }, watch);
      return { engine: name, ...result };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Pixels that the page holds: only the page can draw them anew, with fewer of them. */
class TakesFewer extends Error {
  /** @param {number} scale */
  constructor(scale) {
    super(`at ${scale}`);
    this.scale = scale;
  }
}

/** @param {import("../imaging/orders.js").RasterOrder} order */
async function encodedRaster(order) {
  try {
    return await encodedWithAdvice(
      (scale) => (scale < 1 ? Promise.reject(new TakesFewer(scale)) : Promise.resolve(pageSource(order))),
      order,
      same,
    );
  } catch (error) {
    if (error instanceof TakesFewer) return { fewer: error.scale };
    throw error;
  }
}

/** @param {Source} source */
const same = (source) => source;

/** @param {Source} source */
const close = (source) => source.close();

/** @param {import("../imaging/orders.js").Order} order */
async function answer(order) {
  if (order.kind === "warm") {
    await warmUp(await opening);
    warmAdvice();
    return null;
  }
  if (order.kind === "raster") return await encodedRaster(order);
  return await shrink(order);
}

/** @param {unknown} error */
const codeOf = (error) => (error instanceof ShrinkFailure ? error.code : "undecodable");

addEventListener("message", async ({ data }) => {
  if (!("kind" in data)) return;
  try {
    const result = await answer(data);
    postMessage({ result }, { transfer: result && "bytes" in result ? [result.bytes.buffer] : [] });
  } catch (error) {
    postMessage({ failure: codeOf(error), cause: String(error) });
  }
});
// Tells the page that this browser knows workers that are modules.
postMessage({ ready: true });
