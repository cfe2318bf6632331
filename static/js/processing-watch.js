/** Asks after originals that the server is shrinking and that no outbox on this phone asks after itself. */

import { Refused, SignedOut } from "./server/answers.js";
import { askPhoto } from "./server/photos.js";

const AFTER_FAILURE_SECONDS = 10;

/**
 * @param {object} original
 * @param {string} original.url  its address, without /state
 * @param {() => boolean} original.isWanted  false once the page shows something else in its place
 * @param {(receipt: import("./server/answers.js").Receipt) => void} original.onReceipt
 * @param {(refused: Refused) => void} original.onRefused
 */
export async function watchProcessing({ url, isWanted, onReceipt, onRefused }) {
  while (isWanted()) {
    let seconds = AFTER_FAILURE_SECONDS;
    try {
      const answer = await askPhoto({ url: `${url}/state` });
      if (!answer.waiting) {
        if (isWanted()) onReceipt(answer);
        return;
      }
      seconds = answer.seconds;
    } catch (error) {
      if (error instanceof SignedOut) return;
      if (error instanceof Refused) {
        if (isWanted()) onRefused(error);
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  }
}
