/** Announcements: a small request before the bell that says which photos are on their way. */

import { Unreachable } from "./answers.js";
import { ask } from "./ask.js";

/**
 * @typedef {{ size: number, sha256: string }} Print  of a file's bytes, in hex
 *
 * @typedef {object} OnItsWay
 * @property {string} photo  its id to be
 * @property {string} slot  material and slot, joined by a dot
 * @property {Print} chosen
 * @property {Print} [shrunk]  once it is known
 * @property {string} [replaces]
 *
 * @typedef {object} Answer
 * @property {string} photo
 * @property {"announced" | "arrived" | "refused"} state
 * @property {string} [until_words]  when the grace ends, for people
 * @property {number} [closes_in_seconds]  until the bell
 */

/**
 * The same announcement again changes nothing, so a lost reply costs nothing.
 * @param {{ url: string, photos: OnItsWay[] }} announcement
 * @returns {Promise<Answer[]>}
 * @throws {import("./answers.js").Refused | Unreachable | import("./answers.js").SignedOut}
 */
export async function announcePhotos({ url, photos }) {
  const bytes = new TextEncoder().encode(JSON.stringify({ photos })).buffer;
  const { body } = await ask({ method: "POST", url, bytes, type: "application/json" });
  if (!Array.isArray(body.photos)) throw new Unreachable("no answer of ours");
  return body.photos;
}

/**
 * The photo is not waited for any more.
 * @param {{ url: string, stallMs?: number }} question
 */
export async function withdrawAnnouncement({ url, stallMs }) {
  await ask({ method: "DELETE", url, stallMs });
}
