/**
 * The next best way, for pictures of which the first makes nothing and browsers that do not have it: an ImageBitmap is
 * shrunk while it is made, and read in stripes as a video frame, or, where that is wanting, from a canvas.
 */

import { backdropFor, SIDE } from "../imaging/backdrop.js";
import { planCrop } from "../imaging/crop.js";
import { ShrinkFailure } from "../imaging/failure.js";
import { fittedSize } from "../imaging/fit.js";
import { MEDIA_TYPES, unturnedParts } from "../imaging/headers.js";
import { orientedSize } from "../imaging/orientation.js";
import { readsProbe } from "../imaging/probe.js";
import { hasOtherColours } from "../imaging/profile.js";
import { frameSource } from "./scaled-decoder.js";
import { croppedSource, turnedSource } from "./sources.js";

/**
 * @typedef {import("../imaging/picture.js").Picture} Picture
 * @typedef {import("../imaging/encoder/layout.js").Source} Source
 * @typedef {import("./photo.js").Wish} Wish
 * @typedef {{ width: number, height: number }} Size
 */

/** Down to half, a 2 x 2 mean is as good as anything and the cheapest; further down it would skip pixels. */
const BILINEAR_FROM = 0.48;
const STRIPE_SIDE = 96;

/** @type {Promise<{ bitmap: boolean, frame: boolean }> | undefined} */
let trusted;

/**
 * @param {Blob} blob  of a picture that no decoder turns
 * @param {Size} size
 * @param {number} scale  that size over the picture's own
 */
const shrunkBitmap = (blob, { width, height }, scale) =>
  createImageBitmap(
    blob,
    scale < 1
      ? {
          resizeWidth: width,
          resizeHeight: height,
          resizeQuality: scale > BILINEAR_FROM ? "low" : "medium",
        }
      : {},
  );

/**
 * @param {ImageBitmap} bitmap  closed at the end, or at once
 * @returns {Source}
 */
function frameOf(bitmap) {
  const frame = new VideoFrame(bitmap, { timestamp: 0, alpha: "discard" });
  bitmap.close();
  return frameSource(frame, () => {});
}

/** @param {ImageBitmap} bitmap */
function backdropOf(bitmap) {
  const context = new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });
  if (!context) return "#fff";
  context.drawImage(bitmap, 0, 0, SIDE, SIDE);
  return backdropFor(context.getImageData(0, 0, SIDE, SIDE).data);
}

/**
 * @param {ImageBitmap} bitmap  closed
 * @param {boolean} [mayBeTransparent]
 * @returns {Source}
 */
function canvasOf(bitmap, mayBeTransparent = false) {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", {
    alpha: false,
    willReadFrequently: true,
  });
  if (!context) throw new ShrinkFailure("blank");
  context.fillStyle = mayBeTransparent ? backdropOf(bitmap) : "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return {
    width,
    height,
    orientation: 1,
    order: "rgba",
    grey: false,
    even: false,
    readRows: (top, rows, target) => target.set(context.getImageData(0, top, width, rows).data),
    close() {
      context.canvas.width = 0;
      context.canvas.height = 0;
    },
  };
}

/** Whether lines one pixel wide become an even grey at a third of their size; where pixels are skipped they do not. */
async function averages() {
  const lines = new ImageData(STRIPE_SIDE, STRIPE_SIDE);
  for (let at = 0; at < lines.data.length; at += 4)
    lines.data.set((at / 4) % 2 ? [0, 0, 0, 255] : [255, 255, 255, 255], at);
  const third = STRIPE_SIDE / 3;
  const bitmap = await createImageBitmap(lines, {
    resizeWidth: third,
    resizeHeight: third,
    resizeQuality: "medium",
  });
  if (bitmap.width !== third) return false;
  const source = canvasOf(bitmap);
  const pixels = new Uint8Array(4 * third * third);
  await source.readRows(0, third, pixels);
  source.close();
  const middle = pixels.subarray(4 * third * 8, 4 * third * 9).filter((_, at) => at % 4 === 0);
  return middle.slice(4, -4).every((value) => value > 60 && value < 200);
}

async function tried() {
  const reads = (/** @type {(bitmap: ImageBitmap) => Source} */ read) =>
    readsProbe(async (bytes, size) => {
      return read(await shrunkBitmap(new Blob([bytes], { type: "image/jpeg" }), size, 0.5));
    }).catch(() => false);
  const canBitmap = typeof createImageBitmap === "function" && typeof OffscreenCanvas === "function";
  const bitmap = canBitmap && (await reads(canvasOf)) && (await averages().catch(() => false));
  const frame = bitmap && typeof VideoFrame === "function" && (await reads(frameOf));
  return { bitmap, frame };
}

function trust() {
  trusted ??= tried();
  return trusted;
}

/**
 * Formats whose size only the decoder knows would be decoded whole before any bound is met.
 * @param {Picture} picture
 */
async function serves({ header }) {
  return header.width > 0 && (await trust()).bitmap;
}

/**
 * @param {Picture} picture
 * @param {Wish} wish
 * @returns {Promise<Source>}
 */
async function open({ bytes, header }, { quarterTurns, corners, scale }) {
  const { width, height, orientation, type } = header;
  const upright = orientedSize(orientation, { width, height });
  const plan = corners ? planCrop(upright.width, upright.height, corners, scale) : null;
  const wanted = plan ? orientedSize(orientation, plan.whole) : fittedSize(width, height, scale);
  const blob = new Blob(unturnedParts(bytes, header), { type: MEDIA_TYPES[type] });
  const bitmap = await shrunkBitmap(blob, wanted, wanted.width / width);
  const { frame } = await trust();
  // A frame keeps the colours of the file's profile; a canvas converts them.
  const isPlain = type === "jpeg" && header.components !== 4 && !hasOtherColours(bytes);
  const source = frame && isPlain ? frameOf(bitmap) : canvasOf(bitmap, type !== "jpeg");
  if (plan && corners) return await croppedSource(source, orientation, corners, plan.size, quarterTurns);
  return turnedSource(source, orientation, quarterTurns);
}

/** @type {import("./photo.js").Way} */
export const bitmap = { name: "bitmap", serves, open };
