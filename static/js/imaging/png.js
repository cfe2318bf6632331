/** The chunks of a PNG file (W3C PNG, section 5). Nothing here throws on damaged bytes: the walk ends. */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
export const SIGNATURE_LENGTH = SIGNATURE.length;

/**
 * @typedef {object} Chunk
 * @property {string} name  four letters
 * @property {number} start  offset of the length field
 * @property {number} data  offset of the first data byte
 * @property {number} size  data bytes
 * @property {number} end  offset after the checksum
 */

/** @param {Uint8Array} bytes */
export const isPng = (bytes) => SIGNATURE.every((byte, index) => bytes[index] === byte);

/**
 * Every chunk in file order up to and including IEND.
 * @param {Uint8Array} bytes
 * @returns {Generator<Chunk, void, void>}
 */
export function* chunks(bytes) {
  if (!isPng(bytes)) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = SIGNATURE_LENGTH;
  while (start + 12 <= bytes.length) {
    const size = view.getUint32(start);
    const end = start + 12 + size;
    if (end > bytes.length) return;
    const name = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    yield { name, start, data: start + 8, size, end };
    if (name === "IEND") return;
    start = end;
  }
}
