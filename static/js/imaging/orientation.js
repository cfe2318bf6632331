/** EXIF orientations as drawing matrices, and as something a quarter turn leads on from. */

const NEXT_CLOCKWISE = [0, 6, 7, 8, 5, 2, 3, 4, 1];

/**
 * The orientation that shows the picture as before and then turned clockwise.
 * @param {number} orientation  1 to 8
 * @param {number} quarterTurns  any whole number
 */
export function turned(orientation, quarterTurns) {
  let result = orientation;
  for (let turn = ((quarterTurns % 4) + 4) % 4; turn > 0; turn -= 1) result = NEXT_CLOCKWISE[result];
  return result;
}

/**
 * Whether width and height change places.
 * @param {number} orientation
 */
export const liesOnItsSide = (orientation) => orientation >= 5;

/**
 * Canvas matrix that draws a stored picture, scaled to its shown size, upright.
 * @param {number} orientation  1 to 8
 * @param {number} width  shown, i.e. upright
 * @param {number} height
 * @returns {[number, number, number, number, number, number]}
 */
export function matrix(orientation, width, height) {
  switch (orientation) {
    case 2:
      return [-1, 0, 0, 1, width, 0];
    case 3:
      return [-1, 0, 0, -1, width, height];
    case 4:
      return [1, 0, 0, -1, 0, height];
    case 5:
      return [0, 1, 1, 0, 0, 0];
    case 6:
      return [0, 1, -1, 0, width, 0];
    case 7:
      return [0, -1, -1, 0, width, height];
    case 8:
      return [0, -1, 1, 0, 0, height];
    default:
      return [1, 0, 0, 1, 0, 0];
  }
}

/**
 * Sides of a stored picture when it is shown, and the other way round.
 * @param {number} orientation
 * @param {{ width: number, height: number }} size
 */
export const orientedSize = (orientation, { width, height }) =>
  liesOnItsSide(orientation) ? { width: height, height: width } : { width, height };
