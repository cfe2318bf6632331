/**
 * Colour conversion as JFIF has it, with Cb and Cr averaged over 2 x 2 pixels. Results are doubled and centred:
 * 2 (Y - 128), 2 Cb, 2 Cr without JFIF's 128.
 */

const LUMA_SHIFT = 13;
const LUMA_OFFSET = (1 << (LUMA_SHIFT - 1)) - (256 << LUMA_SHIFT);
const CHROMA_SHIFT = 16;
const CHROMA_OFFSET = 1 << (CHROMA_SHIFT - 1);

// Y by 2^14; Cb and Cr by 2^15, since they are sums of four pixels.
const Y_RED = 4899;
const Y_GREEN = 9617;
const Y_BLUE = 1868;
const CB_RED = -5529;
const CB_GREEN = -10855;
const CB_BLUE = 16384;
const CR_RED = 16384;
const CR_GREEN = -13720;
const CR_BLUE = -2664;

/** Bytes 0 and 2 of a pixel: two sums of up to 256 bytes at once. */
const OUTER = 0xff00ff;

/**
 * @param {import("../layout.js").Layout} layout
 * @param {Uint32Array} upper  a pixel each, its first byte lowest, as all phones have it
 * @param {Uint32Array} lower
 * @param {Int16Array} luma
 * @param {number} lumaAt  where the upper row goes; the lower one lies a padded width on
 * @param {Int16Array[]} chroma
 * @param {number} chromaAt
 */
export function convertTwoRows(
  { paddedWidth, blueFirst, grey },
  upper,
  lower,
  luma,
  lumaAt,
  chroma,
  chromaAt,
) {
  const [yLow, yHigh] = blueFirst ? [Y_BLUE, Y_RED] : [Y_RED, Y_BLUE];
  if (grey) {
    convertLuma(upper, paddedWidth, yLow, yHigh, luma, lumaAt);
    convertLuma(lower, paddedWidth, yLow, yHigh, luma, lumaAt + paddedWidth);
    return;
  }
  const [cbLow, cbHigh] = blueFirst ? [CB_BLUE, CB_RED] : [CB_RED, CB_BLUE];
  const [crLow, crHigh] = blueFirst ? [CR_BLUE, CR_RED] : [CR_RED, CR_BLUE];
  const [cb, cr] = chroma;
  const lowerAt = lumaAt + paddedWidth;
  for (let x = 0; x < paddedWidth; x += 2) {
    const a = upper[x];
    const b = upper[x + 1];
    const c = lower[x];
    const d = lower[x + 1];
    luma[lumaAt + x] = lumaOf(a, yLow, yHigh);
    luma[lumaAt + x + 1] = lumaOf(b, yLow, yHigh);
    luma[lowerAt + x] = lumaOf(c, yLow, yHigh);
    luma[lowerAt + x + 1] = lumaOf(d, yLow, yHigh);

    const outer = (a & OUTER) + (b & OUTER) + (c & OUTER) + (d & OUTER);
    const low = outer & 0xffff;
    const high = outer >> 16;
    const green = ((a >> 8) & 255) + ((b >> 8) & 255) + ((c >> 8) & 255) + ((d >> 8) & 255);
    const at = chromaAt + (x >> 1);
    cb[at] = (low * cbLow + green * CB_GREEN + high * cbHigh + CHROMA_OFFSET) >> CHROMA_SHIFT;
    cr[at] = (low * crLow + green * CR_GREEN + high * crHigh + CHROMA_OFFSET) >> CHROMA_SHIFT;
  }
}

/**
 * @param {number} pixel
 * @param {number} low
 * @param {number} high
 */
const lumaOf = (pixel, low, high) =>
  ((pixel & 255) * low + ((pixel >> 8) & 255) * Y_GREEN + ((pixel >> 16) & 255) * high + LUMA_OFFSET) >>
  LUMA_SHIFT;

/**
 * @param {Uint32Array} pixels
 * @param {number} count
 * @param {number} low
 * @param {number} high
 * @param {Int16Array} luma
 * @param {number} at
 */
function convertLuma(pixels, count, low, high, luma, at) {
  for (let x = 0; x < count; x += 1) luma[at + x] = lumaOf(pixels[x], low, high);
}
