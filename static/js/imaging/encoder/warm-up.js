/** A page that has time before the photo comes lets the engine compile the encoder's hot loops with its best compiler. */

const SIDE = 256;
const MAX_BYTES = 16384;

/**
 * @param {import("./encoder.js").Encoder} encoder
 * @param {number} [milliseconds]  at most about so long
 */
export async function warmUp(encoder, milliseconds = 150) {
  const until = Date.now() + milliseconds;
  for (let round = 0; round < 40 && Date.now() < until; round += 1) {
    await encoder.encode(
      {
        width: SIDE,
        height: SIDE,
        orientation: 1 + (round & 7),
        order: "rgba",
        grey: false,
        even: false,
        readRows(top, rows, target) {
          // Noise with something of a picture in it, so that all kinds of symbols occur.
          for (let i = 0; i < rows * SIDE * 4; i += 1) {
            target[i] = 96 + ((i >> 6) & 64) + (Math.imul(i + top * 4 * SIDE + round, 2654435761) >>> 27);
          }
        },
        close() {},
      },
      { maxBytes: MAX_BYTES },
    );
  }
}
