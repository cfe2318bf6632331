/** Whether a picture came out of a decoder or a canvas as nothing: some give one colour instead of an error. */

import { ShrinkFailure } from "./failure.js";

/** @typedef {import("./encoder/layout.js").Source} Source */

/** Safari's private windows and hardened browsers move read-back values by a few steps. */
export const NOISE = 3;
/** Of the pixels of a source, one in so many is looked at. */
const SAMPLE_STEP = 61;
/** A JPEG of a single colour needs about 0.012 bytes a pixel; with twice that there is something in it. */
const BYTES_A_PIXEL_OF_NOTHING = 0.025;

/**
 * Whether a file that came out in one colour must have held more than that.
 * @param {number} bytes  of the file
 * @param {number} pixels
 */
export const holdsSomething = (bytes, pixels) => bytes > BYTES_A_PIXEL_OF_NOTHING * pixels + 4096;

/**
 * A source that throws ShrinkFailure `blank` at its last row when all of it was one colour.
 * @param {Source} source
 * @returns {Source}
 */
export function refusingOneColour(source) {
  const least = [255, 255, 255];
  const most = [0, 0, 0];
  return {
    ...source,
    async readRows(top, rows, target) {
      await source.readRows(top, rows, target);
      for (let at = 0; at < rows * source.width * 4; at += 4 * SAMPLE_STEP) {
        for (let channel = 0; channel < 3; channel += 1) {
          const value = target[at + channel];
          if (value < least[channel]) least[channel] = value;
          if (value > most[channel]) most[channel] = value;
        }
      }
      if (top + rows >= source.height && most.every((value, channel) => value - least[channel] <= NOISE))
        throw new ShrinkFailure("blank");
    },
  };
}
