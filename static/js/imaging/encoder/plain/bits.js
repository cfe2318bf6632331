/** Entropy-coded segments: codes and the bits that follow them, with a 0 after each FF byte (T.81, F.1.2.3). */

/** More than one token brings, with every byte stuffed. */
const SPARE_BYTES = 64;

/**
 * @param {Uint32Array} tokens
 * @param {number} from
 * @param {number} to
 * @param {Uint32Array} codes  length << 16 | code, by table and symbol
 * @param {Uint8Array} output
 * @returns {number}  its length, or 0 where it outgrows the room
 */
export function writeSegment(tokens, from, to, codes, output) {
  const full = output.length - SPARE_BYTES;
  let at = 0;
  let waiting = 0; // its lowest `count` bits, fewer than 8, are still to be written
  let count = 0;
  for (let i = from; i < to; i += 1) {
    const token = tokens[i];
    const code = codes[(token >>> 16) & 0xfff];
    const following = token >>> 28;
    // At most 7 + 16 bits, then 7 + 15.
    waiting = (waiting << (code >>> 16)) | (code & 0xffff);
    count += code >>> 16;
    for (; count >= 8; at += 1) {
      count -= 8;
      output[at] = waiting >>> count;
      if (output[at] === 0xff) output[++at] = 0;
    }
    waiting = (waiting << following) | (token & 0xffff);
    count += following;
    for (; count >= 8; at += 1) {
      count -= 8;
      output[at] = waiting >>> count;
      if (output[at] === 0xff) output[++at] = 0;
    }
    if (at > full) return 0;
  }
  if (count > 0) {
    // The last byte is filled with ones.
    output[at] = (waiting << (8 - count)) | ((1 << (8 - count)) - 1);
    at += 1;
    if (output[at - 1] === 0xff) output[at++] = 0;
  }
  return at;
}
