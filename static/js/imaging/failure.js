/**
 * Why a picture could not be shrunk here: `undecodable` (not a picture for this engine, or damaged), `too_many_pixels`
 * (decoding it could end the page), `blank` (the canvas does not hold what was drawn), `aborted` (by the caller).
 * After any but the last the original can still go to the server.
 * @typedef {"undecodable" | "too_many_pixels" | "blank" | "aborted"} FailureCode
 */

export class ShrinkFailure extends Error {
  /**
   * @param {FailureCode} code
   * @param {unknown} [cause]
   */
  constructor(code, cause) {
    super(code);
    this.name = "ShrinkFailure";
    this.code = code;
    this.cause = cause;
  }
}

/** @param {AbortSignal | undefined} signal */
export function throwIfAborted(signal) {
  if (signal?.aborted) throw new ShrinkFailure("aborted");
}
