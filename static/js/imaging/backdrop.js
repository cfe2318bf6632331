/** What lies behind a picture with transparent parts: a JPEG has none. */

/** Of the copy that is looked at, in pixels. */
export const SIDE = 64;
/** White writing on nothing would vanish on white. */
const LIGHT = 200;
const TRANSPARENT_SHARE = 0.3;
const CLEAR = 16;

/**
 * White, or black where much is transparent and what is seen is light.
 * @param {Uint8ClampedArray} data  RGBA of a small copy, SIDE a side, on nothing
 * @returns {"#fff" | "#000"}
 */
export function backdropFor(data) {
  let clear = 0;
  let light = 0;
  let seen = 0;
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3];
    if (alpha < CLEAR) clear += 1;
    seen += alpha;
    light += alpha * (0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]);
  }
  const isLight = seen > 0 && light / seen > LIGHT;
  return isLight && clear > TRANSPARENT_SHARE * SIDE * SIDE ? "#000" : "#fff";
}
