/** The marker segments of a JPEG file (ITU-T T.81, annex B). Nothing here throws on damaged bytes: the walk ends. */

export const SOI = 0xd8;
export const EOI = 0xd9;
export const SOS = 0xda;
/** Not a marker of the standard: the entropy-coded bytes that follow a scan header. */
export const SCAN_DATA = 0x00;

/**
 * @typedef {object} Segment
 * @property {number} marker  second byte of the marker, or SCAN_DATA
 * @property {number} start  offset of the 0xff (of the first data byte for SCAN_DATA)
 * @property {number} end  offset after the segment
 */

/** @param {number} marker */
const standsAlone = (marker) => marker === SOI || marker === EOI || marker === 0x01;

/** @param {number} marker */
export const isFrameHeader = (marker) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/**
 * Offset of the next marker at or after `from`, or the length of the bytes. Stuffed zeros and restart markers
 * belong to the data of a scan.
 * @param {Uint8Array} bytes
 * @param {number} from
 */
function nextMarker(bytes, from) {
  for (
    let at = bytes.indexOf(0xff, from);
    at >= 0 && at + 1 < bytes.length;
    at = bytes.indexOf(0xff, at + 1)
  ) {
    const second = bytes[at + 1];
    if (second !== 0x00 && second !== 0xff && !(second >= 0xd0 && second <= 0xd7)) return at;
  }
  return bytes.length;
}

/**
 * Every segment in file order up to and including EOI. A file whose walk ends without EOI is damaged or cut.
 * The data of a scan are only searched when the walk goes on past its header.
 * @param {Uint8Array} bytes
 * @returns {Generator<Segment, void, void>}
 */
export function* segments(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return;
  yield { marker: SOI, start: 0, end: 2 };
  let at = 2;
  for (;;) {
    const start = nextMarker(bytes, at);
    if (start + 1 >= bytes.length) return;
    const marker = bytes[start + 1];
    if (marker === SOI) return;
    if (standsAlone(marker)) {
      yield { marker, start, end: start + 2 };
      if (marker === EOI) return;
      at = start + 2;
      continue;
    }
    if (start + 4 > bytes.length) return;
    const length = (bytes[start + 2] << 8) | bytes[start + 3];
    const end = start + 2 + length;
    if (length < 2 || end > bytes.length) return;
    yield { marker, start, end };
    at = end;
    if (marker === SOS) {
      const dataEnd = nextMarker(bytes, end);
      yield { marker: SCAN_DATA, start: end, end: dataEnd };
      at = dataEnd;
    }
  }
}
