/** What a reviewer's desk reports. Callers hand over whole URLs, as the page has them. */

import { ask } from "./ask.js";

/**
 * A photo was on screen.
 * @param {string} url
 * @returns {Promise<void>}
 * @throws {import("./answers.js").Refused | import("./answers.js").Unreachable | import("./answers.js").SignedOut}
 */
export async function reportSeen(url) {
  await ask({ method: "POST", url });
}

/**
 * Somebody is at work on a case.
 * @param {string} url
 * @returns {Promise<number>}  minutes that the claim now holds
 * @throws {import("./answers.js").Refused | import("./answers.js").Unreachable | import("./answers.js").SignedOut}
 */
export async function renewLease(url) {
  const { body } = await ask({ method: "POST", url });
  return Number(body.minutes) || 0;
}

/**
 * Whether a case is still in one's hands; asking renews nothing.
 * @param {string} url
 * @returns {Promise<{ mine: boolean, minutes: number, words: string }>}  words: what has become of it, where it is not
 * @throws {import("./answers.js").Refused | import("./answers.js").Unreachable | import("./answers.js").SignedOut}
 */
export async function readLease(url) {
  const { body } = await ask({ method: "GET", url });
  return { mine: body.mine === true, minutes: Number(body.minutes) || 0, words: String(body.words ?? "") };
}
