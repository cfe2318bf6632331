/** From a stripe of pixels to coefficients, one row of MCUs after the other. */

import { convertTwoRows } from "./colour.js";
import { transformBlocks } from "./fdct.js";

/**
 * A row of pixels with its first and last one repeated, so that it is whole MCUs.
 * @param {import("../layout.js").Layout} layout
 * @param {Uint32Array} pixels
 * @param {Uint32Array} room
 */
function widened({ width, paddedWidth, padLeft }, pixels, room) {
  if (width === paddedWidth) return pixels;
  room.fill(pixels[0], 0, padLeft);
  room.set(pixels, padLeft);
  room.fill(pixels[width - 1], padLeft + width, paddedWidth);
  return room;
}

/**
 * @param {import("../layout.js").Layout} layout
 * @param {import("./kernel.js").Buffers} buffers
 * @param {number} from  row of the padded source, a multiple of the MCU's side
 * @param {number} to
 * @param {number} firstRow  of the source, which the stripe begins with
 */
export function transformStripe(layout, buffers, from, to, firstRow) {
  const { width, height, mcu, paddedWidth, paddedHeight, padTop, components } = layout;
  const { stripe, luma, chroma, wide, coefficients } = buffers;
  const pixels = new Uint32Array(stripe.buffer, 0, stripe.length >> 2);
  const rowAt = (/** @type {number} */ y) => {
    const row = Math.min(height - 1, Math.max(0, y - padTop)) - firstRow;
    return pixels.subarray(row * width, (row + 1) * width);
  };
  const upperRoom = wide.subarray(0, paddedWidth);
  const lowerRoom = wide.subarray(paddedWidth);

  for (let top = from; top < Math.min(to, paddedHeight); top += mcu) {
    for (let row = 0; row < mcu; row += 2) {
      const upper = widened(layout, rowAt(top + row), upperRoom);
      const lower = widened(layout, rowAt(top + row + 1), lowerRoom);
      convertTwoRows(layout, upper, lower, luma, row * paddedWidth, chroma, (row >> 1) * (paddedWidth >> 1));
    }
    for (let k = 0; k < mcu >> 3; k += 1) {
      transformBlocks(
        layout,
        components[0],
        coefficients[0],
        luma,
        8 * k * paddedWidth,
        paddedWidth,
        (top >> 3) + k,
      );
    }
    for (let i = 1; i < components.length; i += 1) {
      transformBlocks(layout, components[i], coefficients[i], chroma[i - 1], 0, paddedWidth >> 1, top >> 4);
    }
  }
}
