/** The photo addresses. Callers hand over whole URLs; who builds them knows the page. */

import { restSeconds, Unreachable } from "./answers.js";
import { ask } from "./ask.js";

/**
 * @typedef {import("./answers.js").Receipt} Receipt
 * @typedef {import("./answers.js").Waiting} Waiting
 * @typedef {import("./answers.js").Counts} Counts
 */

/** How long a reply of 202 without Retry-After lets us wait. */
const ASK_AGAIN_SECONDS = 2;

/**
 * @param {{ status: number, body: any, retryAfter: string | null }} reply
 * @returns {Receipt | Waiting}
 */
function receiptOrWaiting({ status, body, retryAfter }) {
  if (status === 202) return { waiting: true, seconds: restSeconds(retryAfter) || ASK_AGAIN_SECONDS };
  if (typeof body.photo?.id !== "string") throw new Unreachable("no receipt");
  return { waiting: false, photo: body.photo, counts: body.counts, stands: body.stands };
}

/**
 * Stores one photo. The same id and bytes again are answered with the same receipt, so a lost reply costs nothing.
 * @param {object} upload
 * @param {string} upload.url  with slot and, if it takes another photo's place, replaces
 * @param {ArrayBuffer} upload.bytes
 * @param {string} upload.type  image/jpeg, image/png, or application/octet-stream for an original
 * @param {(sent: number, total: number) => void} [upload.onProgress]  bytes
 * @param {AbortSignal} [upload.signal]
 * @param {number} [upload.stallMs]
 * @returns {Promise<Receipt | Waiting>}  Waiting only for an original
 * @throws {import("./answers.js").Refused | Unreachable | import("./answers.js").SignedOut | import("./answers.js").TakenBack}
 */
export async function putPhoto({ url, bytes, type, onProgress, signal, stallMs }) {
  return receiptOrWaiting(await ask({ method: "PUT", url, bytes, type, onProgress, signal, stallMs }));
}

/**
 * How an original is getting on that has arrived.
 * @param {{ url: string, signal?: AbortSignal }} question
 * @returns {Promise<Receipt | Waiting>}
 */
export async function askPhoto({ url, signal }) {
  return receiptOrWaiting(await ask({ method: "GET", url, signal }));
}

/**
 * @param {{ url: string, signal?: AbortSignal, stallMs?: number }} question
 * @returns {Promise<{ undoSeconds: number, counts: Counts }>}
 */
export async function deletePhoto({ url, signal, stallMs }) {
  const { body } = await ask({ method: "DELETE", url, signal, stallMs });
  return { undoSeconds: Number(body.undo_until_seconds) || 0, counts: body.counts };
}

/**
 * @param {{ url: string, signal?: AbortSignal }} question  url ends in /undelete
 * @returns {Promise<Receipt>}
 */
export const undeletePhoto = ({ url, signal }) => postForReceipt(url, signal);

/**
 * @param {{ url: string, signal?: AbortSignal }} question  url ends in /turn?quarters=n, clockwise
 * @returns {Promise<Receipt>}
 */
export const turnStoredPhoto = ({ url, signal }) => postForReceipt(url, signal);

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<Receipt>}
 */
async function postForReceipt(url, signal) {
  const answer = receiptOrWaiting(await ask({ method: "POST", url, signal }));
  if (answer.waiting) throw new Unreachable("no receipt");
  return answer;
}

/**
 * The picture as it is stored.
 * @param {{ url: string, signal?: AbortSignal }} question
 * @returns {Promise<ArrayBuffer>}
 */
export async function fetchPicture({ url, signal }) {
  const answer = await fetch(url, {
    signal,
    credentials: "same-origin",
    headers: { Accept: "image/*" },
  }).catch(() => {
    throw new Unreachable("network");
  });
  if (!answer.ok || !(answer.headers.get("Content-Type") ?? "").startsWith("image/"))
    throw new Unreachable("no picture");
  return await answer.arrayBuffer();
}

/**
 * @param {string} url
 * @returns {Promise<import("./answers.js").Deadline>}
 */
export async function askDeadline(url) {
  const { body } = await ask({ method: "GET", url });
  if (typeof body.seconds_left !== "number") throw new Unreachable("no deadline");
  return body;
}
