/**
 * The best way: WebCodecs' ImageDecoder gives a JPEG at a reduced scale straight from its coefficients, and its frame
 * hands out pixels in stripes. Neither the whole photo nor a canvas ever exists.
 */

import { planCrop } from "../imaging/crop.js";
import { decodingScale, fittedSize, isSmallEnough } from "../imaging/fit.js";
import { orientedSize } from "../imaging/orientation.js";
import { readsProbe } from "../imaging/probe.js";
import { hasOtherColours } from "../imaging/profile.js";
import { resampled } from "../imaging/resample.js";
import { croppedSource, turnedSource } from "./sources.js";

/**
 * @typedef {import("../imaging/picture.js").Picture} Picture
 * @typedef {import("../imaging/encoder/layout.js").Source} Source
 * @typedef {import("./photo.js").Wish} Wish
 */

const EIGHTHS = 8;
const NATIVE = /^(RGB|BGR)[AX]$/;

/** @type {Promise<boolean> | undefined} */
let trusted;

/**
 * Whether this decoder scales, and leaves a picture as it lies or says how it has to be turned: tried on a tiny one
 * that lies on its side.
 */
function isTrusted() {
  trusted ??= readsProbe((bytes, size) => decoded(bytes, size)).catch(() => false);
  return trusted;
}

// While the page waits for a photo.
if ("ImageDecoder" in globalThis) isTrusted();

/** Frames say how they must be turned, 90 being clockwise. Nothing is left to turn: that field was cut out of the bytes.
 * @param {any} frame  VideoFrame; its `rotation` and `flip` are younger than the types
 */
const turnsItself = ({ rotation = 0, flip = false }) => rotation !== 0 || flip;

/**
 * @param {Uint8Array<ArrayBuffer>} bytes  of a JPEG whose orientation field is cut out
 * @param {{ width: number, height: number } | null} size  null: as it is
 * @returns {Promise<Source>}  as stored
 */
async function decoded(bytes, size) {
  const decoder = new ImageDecoder({
    data: bytes,
    type: "image/jpeg",
    preferAnimation: false,
    ...(size ? { desiredWidth: size.width, desiredHeight: size.height } : {}),
  });
  try {
    const { image } = await decoder.decode();
    if (turnsItself(image)) {
      image.close();
      throw new Error("turned by the decoder");
    }
    return frameSource(image, () => decoder.close());
  } catch (error) {
    decoder.close();
    throw error;
  }
}

/**
 * @param {VideoFrame} frame
 * @param {() => void} free
 * @returns {Source}
 */
export function frameSource(frame, free) {
  const { visibleRect, format } = frame;
  const { x, y, width, height } = /** @type {DOMRectReadOnly} */ (visibleRect);
  const native = NATIVE.test(format ?? "");
  return {
    width,
    height,
    orientation: 1,
    order: native && format?.startsWith("RGB") ? "rgba" : "bgra",
    grey: false,
    even: !native,
    async readRows(top, rows, target) {
      await frame.copyTo(target, {
        rect: { x, y: y + top, width, height: rows },
        layout: [{ offset: 0, stride: 4 * width }],
        ...(native ? {} : { format: "BGRX" }),
      });
    },
    close() {
      frame.close();
      free();
    },
  };
}

/** @param {Picture} picture */
async function serves({ bytes, header }) {
  const { type, width, components } = header;
  const isPlain = type === "jpeg" && width > 0 && (components === 1 || components === 3);
  return isPlain && "ImageDecoder" in globalThis && !hasOtherColours(bytes) && (await isTrusted());
}

/**
 * @param {Picture} picture
 * @param {Wish} wish
 * @returns {Promise<Source>}
 */
async function open({ bytes, header }, { quarterTurns, corners, scale }) {
  const { width, height, orientation } = header;
  const upright = orientedSize(orientation, { width, height });
  const plan = corners ? planCrop(upright.width, upright.height, corners, scale) : null;
  const wanted = plan ? orientedSize(orientation, plan.whole) : fittedSize(width, height, scale);
  const eighths = plan
    ? Math.min(EIGHTHS, Math.ceil((EIGHTHS * wanted.width) / width - 1e-6))
    : decodingScale(width, height, scale);
  const size = {
    width: Math.ceil((width * eighths) / EIGHTHS),
    height: Math.ceil((height * eighths) / EIGHTHS),
  };
  const source = await decoded(bytes, eighths < EIGHTHS ? size : null);
  try {
    if (plan && corners) return await croppedSource(source, orientation, corners, plan.size, quarterTurns);
    const grey = { ...source, grey: header.components === 1 };
    const fitting =
      scale === 1 && isSmallEnough(source.width, source.height) ? grey : resampled(grey, wanted);
    return turnedSource(fitting, orientation, quarterTurns);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** @type {import("./photo.js").Way} */
export const scaledDecoder = { name: "scaled", serves, open };
