/**
 * How a source's pixels come to lie as blocks and MCUs of an upright picture (T.81, A.1 and A.2).
 *
 * @typedef {object} Source  pixels in stripes of rows
 * @property {number} width  as the source delivers them, upright or not
 * @property {number} height
 * @property {number} orientation  EXIF 1 to 8: the turn that is still to be made; no pixel is moved for it
 * @property {"rgba" | "bgra"} order
 * @property {boolean} grey  the picture has one component; its luma is taken
 * @property {boolean} even  a stripe's first row must be even
 * @property {(top: number, rows: number, target: Uint8Array) => Promise<void> | void} readRows
 *   writes rows * width * 4 bytes
 * @property {() => void} close
 *
 * @typedef {object} ComponentLayout
 * @property {number} storedWide  blocks kept: whole MCUs
 * @property {number} storedHigh
 * @property {number} wide  blocks that hold pixels of the picture
 * @property {number} high
 *
 * @typedef {object} Layout
 * @property {number} width  pixels of the source
 * @property {number} height
 * @property {boolean} flipX  what makes it upright: mirrored first, transposed then
 * @property {boolean} flipY
 * @property {boolean} transposed
 * @property {boolean} blueFirst
 * @property {boolean} grey
 * @property {boolean} progressive
 * @property {number} uprightWidth
 * @property {number} uprightHeight
 * @property {number} mcu  pixels along an MCU's side
 * @property {number} paddedWidth  of the source, in whole MCUs
 * @property {number} paddedHeight
 * @property {number} padLeft  padding lies where it ends up at the right and at the bottom
 * @property {number} padTop
 * @property {number} mcusWide  upright
 * @property {number} mcusHigh
 * @property {ComponentLayout[]} components
 */

/**
 * @param {number} value
 * @param {number} step
 */
const roundedUp = (value, step) => Math.ceil(value / step) * step;

/**
 * @param {Source} source
 * @param {boolean} progressive
 * @returns {Layout}
 */
export function layOut({ width, height, orientation, order, grey }, progressive) {
  const transposed = orientation >= 5;
  const flipX = [2, 3, 7, 8].includes(orientation);
  const flipY = [3, 4, 6, 7].includes(orientation);
  const mcu = grey ? 8 : 16;
  const paddedWidth = roundedUp(width, mcu);
  const paddedHeight = roundedUp(height, mcu);
  const [uprightWidth, uprightHeight] = transposed ? [height, width] : [width, height];
  const mcusWide = (transposed ? paddedHeight : paddedWidth) / mcu;
  const mcusHigh = (transposed ? paddedWidth : paddedHeight) / mcu;
  const components = (grey ? [1] : [1, 2, 2]).map((subsampling) => ({
    storedWide: (mcusWide * mcu) / 8 / subsampling,
    storedHigh: (mcusHigh * mcu) / 8 / subsampling,
    wide: Math.ceil(Math.ceil(uprightWidth / subsampling) / 8),
    high: Math.ceil(Math.ceil(uprightHeight / subsampling) / 8),
  }));
  return {
    width,
    height,
    flipX,
    flipY,
    transposed,
    blueFirst: order === "bgra",
    grey,
    progressive,
    uprightWidth,
    uprightHeight,
    mcu,
    paddedWidth,
    paddedHeight,
    padLeft: flipX ? paddedWidth - width : 0,
    padTop: flipY ? paddedHeight - height : 0,
    mcusWide,
    mcusHigh,
    components,
  };
}
