/** What the server can say to a request for a photo, and the ways of hearing nothing. */

/**
 * @typedef {object} Counts
 * @property {number} required  materials that must be there
 * @property {number} done
 * @property {{ code: string, have: number, min: number, max: number, state: string }} material
 *
 * @typedef {object} StoredPhoto
 * @property {string} id
 * @property {string} slot  material and slot, joined by a dot
 * @property {string} thumbnail  address
 * @property {string} url  of the picture
 * @property {string} page  that shows it by itself
 * @property {number} width
 * @property {number} height
 * @property {number} bytes
 * @property {string} sha256  of the bytes received
 * @property {string} received_at  ISO 8601
 * @property {string} received_words  for people
 *
 * @typedef {object} Deadline
 * @property {string} stands  where the case stands, "open" or "locked", and the deadline in words
 * @property {number} seconds_left  until what is asked for, or the bell
 * @property {string} words  that moment, for people
 * @property {number | null} closes_in  seconds until the next bell or due time; null: none is ahead
 *
 * @typedef {{ waiting: false, photo: StoredPhoto, counts: Counts, stands?: string }} Receipt
 * @typedef {{ waiting: true, seconds: number }} Waiting  the original has arrived and is being shrunk; ask again then
 */

/** The server has decided against it; asking again changes nothing. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} sentence  for people, may be empty
   */
  constructor(code, sentence) {
    super(code);
    this.name = "Refused";
    this.code = code;
    this.sentence = sentence;
  }
}

/** No answer of our server has come; asking again is safe and may help. */
export class Unreachable extends Error {
  /**
   * @param {string} why
   * @param {number} [seconds]  the server asked to be left alone that long
   * @param {number} [status]  of the answer, 0 where none came
   */
  constructor(why, seconds = 0, status = 0) {
    super(why);
    this.name = "Unreachable";
    this.seconds = seconds;
    this.status = status;
  }
}

/** The session has ended; nothing is lost, but nothing more goes until the person has signed in. */
export class SignedOut extends Error {
  constructor() {
    super("signed_out");
    this.name = "SignedOut";
  }
}

/** The caller took the request back. */
export class TakenBack extends Error {
  constructor() {
    super("taken_back");
    this.name = "TakenBack";
  }
}

const LONGEST_REST = 600;

/**
 * @param {string | null} header  Retry-After in seconds or as a date
 * @param {number} now  milliseconds
 * @returns {number}  seconds, 0 where nothing was said
 */
export function restSeconds(header, now = Date.now()) {
  if (!header) return 0;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / 1000;
  return seconds > 0 ? Math.min(Math.ceil(seconds), LONGEST_REST) : 0;
}

/**
 * @param {string} text
 * @returns {any}  undefined where it is no JSON object
 */
function parse(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Only an answer in our own form counts: hotel networks and proxies answer everything with pages of theirs.
 * @param {{ status: number, text: string, retryAfter: string | null }} reply
 * @returns {{ status: number, body: any }}  2xx only
 * @throws {Refused | Unreachable | SignedOut}
 */
export function understand({ status, text, retryAfter }) {
  const body = parse(text);
  const rest = restSeconds(retryAfter);
  // 403: somebody is signed in who is no candidate.
  if ((status === 401 && body?.error) || (status === 403 && body?.error?.code === "http.403")) {
    throw new SignedOut();
  }
  if (status === 429 || status >= 500) throw new Unreachable(`status ${status}`, rest, status);
  if (status >= 400) {
    if (body?.error?.code) throw new Refused(String(body.error.code), String(body.error.sentence ?? ""));
    // The same body would cross the same proxy again, at the person's cost.
    if (status === 413) throw new Refused("too_large", "");
    throw new Unreachable(`status ${status}`, rest, status);
  }
  if (status < 200 || status >= 300 || !body) throw new Unreachable(`status ${status}`, rest, status);
  return { status, body };
}
