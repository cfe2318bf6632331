/** The one EXIF field that decides which way up a picture is shown. */

const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * @typedef {object} OrientationField
 * @property {number} value  1 to 8
 * @property {number} at  offset of the two value bytes
 */

/**
 * Reads the first image directory of a TIFF structure, as strictly as browsers do: type SHORT, count 1.
 * @param {Uint8Array} bytes  the whole file
 * @param {number} start  offset of the byte order mark
 * @param {number} end  offset after the structure
 * @returns {OrientationField | null}
 */
export function orientationField(bytes, start, end) {
  if (start + 14 > end || end > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const order = view.getUint16(start);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const little = order === 0x4949;
  if (view.getUint16(start + 2, little) !== 42) return null;
  const directory = start + view.getUint32(start + 4, little);
  if (directory + 2 > end) return null;
  const entries = view.getUint16(directory, little);
  for (let index = 0; index < entries; index += 1) {
    const entry = directory + 2 + 12 * index;
    if (entry + 12 > end) return null;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    if (view.getUint16(entry + 2, little) !== SHORT || view.getUint32(entry + 4, little) !== 1) return null;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? { value, at: entry + 8 } : null;
  }
  return null;
}
