/**
 * A tiny JPEG that lies on its side, for trying what a browser makes of one before a person's photo depends on it.
 */

import { readHeader, uprightBytes } from "./headers.js";

/** @typedef {import("./encoder/layout.js").Source} Source */

/** 64 x 48 as stored, EXIF orientation 6; quarters of red, green, blue and white. */
export const PROBE = [
  "/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAA0JCgsKCA0LCgsODg0P",
  "EyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09P",
  "T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAwAEADASIAAhEBAxEB/8QAGAABAAMBAAAA",
  "AAAAAAAAAAAAAAUGBwj/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAGQEBAAMBAQAAAAAAAAAAAAAAAAUGBwQI/8QAHBEBAAEFAQEA",
  "AAAAAAAAAAAAAGMVFqGi4WLi/9oADAMBAAIRAxEAPwCvgIZpIAC3AIh55AAVEQQ0i05tfprdzRbcToggtObX6Lmi240saAKfSfeO",
  "qFQ5MdZ+NACk+8dKHJjrnQBsKTAAdFgM2dgAD//Z",
].join("");
/** @type {[number, number, number][]} */
const QUARTERS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
];
const NEAR = 60;

/**
 * Whether a way to decode gives this picture at half its size, as it is stored, in its own colours.
 * @param {(bytes: Uint8Array<ArrayBuffer>, size: { width: number, height: number }) => Promise<Source>} decode
 *   of a picture whose orientation field is cut out
 * @returns {Promise<boolean>}
 */
export async function readsProbe(decode) {
  const bytes = Uint8Array.from(atob(PROBE), (letter) => letter.charCodeAt(0));
  const header = readHeader(bytes);
  const size = { width: header.width / 2, height: header.height / 2 };
  const source = await decode(uprightBytes(bytes, header), size);
  try {
    if (source.width !== size.width || source.height !== size.height) return false;
    const pixels = new Uint8Array(4 * size.width * size.height);
    await source.readRows(0, size.height, pixels);
    const at = [0.25, 0.75].flatMap((y) =>
      [0.25, 0.75].map((x) => 4 * (Math.floor(y * size.height) * size.width + Math.floor(x * size.width))),
    );
    const order = source.order === "rgba" ? [0, 1, 2] : [2, 1, 0];
    return QUARTERS.every((colour, quarter) =>
      colour.every((value, channel) => Math.abs(pixels[at[quarter] + order[channel]] - value) < NEAR),
    );
  } finally {
    source.close();
  }
}
