/** Colour profiles of JPEG files (ICC.1, annex B.4): only whether one says anything else than sRGB. */

import { SOS, segments } from "./jpeg.js";

const APP2 = 0xe2;
const NAME = "ICC_PROFILE\0";
/** After the marker, its length and name come the number of this part and of all parts. */
const PROFILE_AT = 4 + NAME.length + 2;
/** sRGB's primaries at the connection space's white (IEC 61966-2-1 through Bradford). */
const PRIMARIES = new Map([
  ["rXYZ", [0.436, 0.2225, 0.0139]],
  ["gXYZ", [0.3851, 0.7169, 0.0971]],
  ["bXYZ", [0.1431, 0.0606, 0.7141]],
]);
const TOLERANCE = 0.003;

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} at
 * @param {number} length
 */
const ascii = (bytes, at, length) => String.fromCharCode(...bytes.subarray(at, at + length));

/** @param {Uint8Array<ArrayBuffer>} profile */
function isStandard(profile) {
  const view = new DataView(profile.buffer, profile.byteOffset, profile.length);
  if (profile.length < 132 || ascii(profile, 16, 4) !== "RGB ") return false;
  let alike = 0;
  for (let tag = 0; tag < view.getUint32(128) && 144 + 12 * tag <= profile.length; tag += 1) {
    const name = ascii(profile, 132 + 12 * tag, 4);
    // A table of its own decides before the primaries.
    if (name === "A2B0") return false;
    const at = view.getUint32(136 + 12 * tag);
    if (!PRIMARIES.has(name) || at + 20 > profile.length) continue;
    const wanted = PRIMARIES.get(name) ?? [];
    if (wanted.every((value, i) => Math.abs(view.getInt32(at + 8 + 4 * i) / 65536 - value) < TOLERANCE))
      alike += 1;
  }
  return alike === PRIMARIES.size;
}

/**
 * Whether the pixels of a JPEG have to be converted to be sRGB's.
 * @param {Uint8Array<ArrayBuffer>} bytes  the whole file
 */
export function hasOtherColours(bytes) {
  for (const { marker, start, end } of segments(bytes)) {
    if (marker === SOS) return false;
    if (marker !== APP2 || end - start < PROFILE_AT || ascii(bytes, start + 4, NAME.length) !== NAME)
      continue;
    const [part, parts] = bytes.subarray(PROFILE_AT + start - 2, PROFILE_AT + start);
    return part !== 1 || parts !== 1 || !isStandard(bytes.subarray(start + PROFILE_AT, end));
  }
  return false;
}
