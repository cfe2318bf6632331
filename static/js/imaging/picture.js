/** A chosen file, read once. */

import { ShrinkFailure, throwIfAborted } from "./failure.js";
import { readHeader } from "./headers.js";
import { planStrip } from "./strip.js";

/**
 * @typedef {object} Picture
 * @property {Uint8Array<ArrayBuffer>} bytes  the whole file
 * @property {import("./headers.js").Header} header
 */

/**
 * @param {Blob} file
 * @param {AbortSignal} [signal]
 * @returns {Promise<Picture>}
 */
export async function readPicture(file, signal) {
  throwIfAborted(signal);
  const buffer = await file.arrayBuffer().catch((error) => {
    throw new ShrinkFailure("undecodable", error);
  });
  throwIfAborted(signal);
  const bytes = new Uint8Array(buffer);
  return { bytes, header: readHeader(bytes) };
}

/**
 * Browsers show the upper part of a cut picture as if it were whole; here its missing end is an error.
 * @param {Picture} picture
 * @returns {import("./strip.js").Stripped | null}  null for other formats than JPEG and PNG
 */
export function planWhole({ bytes, header }) {
  if (header.type !== "jpeg" && header.type !== "png") return null;
  const stripped = planStrip(bytes);
  if (!stripped) throw new ShrinkFailure("undecodable");
  return stripped;
}
