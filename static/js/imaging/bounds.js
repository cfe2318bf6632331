/** How many pixels a picture may have to be decoded on a phone. */

import { ShrinkFailure } from "./failure.js";

/** @typedef {import("./headers.js").Header} Header */

const MEGA = 1000000;

/**
 * The most pixels a picture may have to be decoded here. Engines other than Chromium decode at full size (4 bytes a
 * pixel); so does Chromium itself where a format has no reduced scale, and a progressive JPEG keeps all coefficients.
 * @param {Header} header
 * @param {string} [agent]
 */
export function mostPixels(header, agent = navigator.userAgent) {
  const scales = header.type === "jpeg" && !header.progressive && /Chrom(e|ium)\//.test(agent);
  return (scales ? 210 : 60) * MEGA;
}

/** @param {Header} header */
export function refuseTooManyPixels(header) {
  if (header.width * header.height > mostPixels(header)) throw new ShrinkFailure("too_many_pixels");
}
