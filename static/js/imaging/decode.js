/** Pictures through `<img>`: the way whose memory stays small in Chromium, which then decodes at a reduced scale. */

import { mostPixels } from "./bounds.js";
import { ShrinkFailure, throwIfAborted } from "./failure.js";
import { MEDIA_TYPES, unturnedParts } from "./headers.js";

/** @typedef {import("./headers.js").Header} Header */

const LONGEST_DECODE_MS = 60000;
/**
 * @typedef {object} Loaded
 * @property {HTMLImageElement} image
 * @property {() => void} free  gives the decoded pixels back; the image is unusable afterwards
 */

/**
 * @param {Blob} blob
 * @param {AbortSignal} [signal]
 * @returns {Promise<Loaded>}
 */
export async function loadImage(blob, signal) {
  throwIfAborted(signal);
  const url = URL.createObjectURL(blob);
  const image = new Image();
  const free = () => {
    image.onload = null;
    image.onerror = null;
    image.removeAttribute("src");
    URL.revokeObjectURL(url);
  };
  return await new Promise((resolve, reject) => {
    /** @param {"undecodable" | "aborted"} code */
    const fail = (code) => {
      settle();
      free();
      reject(new ShrinkFailure(code));
    };
    const onAbort = () => fail("aborted");
    const timer = setTimeout(() => fail("undecodable"), LONGEST_DECODE_MS);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort);
    image.onload = () => {
      settle();
      if (image.naturalWidth === 0 || image.naturalHeight === 0) fail("undecodable");
      else resolve({ image, free });
    };
    image.onerror = () => fail("undecodable");
    image.src = url;
  });
}

/**
 * The picture as it is stored, whatever its EXIF says about turning.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {Header} header
 * @param {AbortSignal} [signal]
 */
export async function loadStored(bytes, header, signal) {
  const loaded = await loadImage(
    new Blob(unturnedParts(bytes, header), { type: MEDIA_TYPES[header.type] }),
    signal,
  );
  // Formats whose size only the decoder knows (HEIC, WebP) meet their bound here, before anything is drawn.
  const { naturalWidth, naturalHeight } = loaded.image;
  if (naturalWidth * naturalHeight > mostPixels(header)) {
    loaded.free();
    throw new ShrinkFailure("too_many_pixels");
  }
  return loaded;
}
