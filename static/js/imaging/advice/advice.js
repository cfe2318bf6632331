/**
 * What could be wrong with a photo, in the codes of reviewers' reasons. Advice and never a block: wrong advice sends
 * people back to the camera for nothing, so each threshold lies where good photos do not reach. Fitted by
 * bench/advice/; hits and false alarms stand in docs/decisions/0032.
 */

import { brightness, glareOf } from "./light.js";
import { linesOf } from "./lines.js";
import { sharpnessOf } from "./sharpness.js";

/**
 * "blurred" is out of focus or moved, which one code of the reviewers covers. What cannot be told well enough is not
 * said: that a paper is cut off, that it is far away, that it stands on its head.
 * @typedef {"blurred" | "dark" | "glare" | "small" | "sideways"} AdviceCode
 */

const MOST = 2;

export const LIMITS = {
  /** Nothing is sharper than a soft ramp. */
  soft: 0.165,
  leastTiles: 6,
  /** Soft one way and sharp across it: the phone moved. */
  movedSoft: 0.3,
  movedEvenness: 0.45,
  /** The brightest fiftieth of the picture: paper would be there. */
  dark: 90,
  glareLeast: 0.004,
  glareMost: 0.2,
  glareAround: 120,
  /** Where the paper itself is white beyond measure nothing can be told. */
  paperWhite: 245,
  leastLines: 20,
  sidewaysShare: 0.8,
  /** Pixels of the photo's long side. A page of writing has no strokes left below that. */
  small: 640,
};

/**
 * All that is measured, for fitting and for advice.
 * @param {import("./luma.js").Luma} luma  upright, at MEASURED_SIDE or smaller
 */
export function measure(luma) {
  const [paper, white] = brightness(luma, [0.75, 0.98]);
  return {
    sharpness: sharpnessOf(luma),
    white,
    paper,
    glare: glareOf(luma),
    lines: linesOf(luma),
  };
}

/**
 * @param {ReturnType<typeof measure>} measured
 * @param {number} longSide  of the photo itself, pixels
 * @returns {AdviceCode[]}  at most two, what matters most first
 */
export function adviceFrom({ sharpness, white, paper, glare, lines }, longSide) {
  /** @type {AdviceCode[]} */
  const codes = [];
  if (white < LIMITS.dark) codes.push("dark");
  if (sharpness && sharpness.tiles >= LIMITS.leastTiles) {
    const isMoved = sharpness.least < LIMITS.movedSoft && sharpness.evenness < LIMITS.movedEvenness;
    if (sharpness.along < LIMITS.soft || isMoved) codes.push("blurred");
  }
  const isGlare =
    glare.isInside &&
    glare.area >= LIMITS.glareLeast &&
    glare.area <= LIMITS.glareMost &&
    glare.around >= LIMITS.glareAround &&
    paper < LIMITS.paperWhite;
  if (isGlare) codes.push("glare");
  const seen = lines.upright + lines.sideways;
  if (seen >= LIMITS.leastLines && lines.sideways >= LIMITS.sidewaysShare * seen) codes.push("sideways");
  if (longSide < LIMITS.small) codes.push("small");
  return codes.slice(0, MOST);
}

/**
 * @param {import("./luma.js").Luma} luma  upright, at MEASURED_SIDE or smaller; see luma.js
 * @param {number} longSide  of the photo itself, pixels
 * @returns {AdviceCode[]}
 */
export const advice = (luma, longSide) => adviceFrom(measure(luma), longSide);
