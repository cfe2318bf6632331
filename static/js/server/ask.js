/** One request by XMLHttpRequest: the only way that tells how much of an upload has gone. */

import { TakenBack, Unreachable, understand } from "./answers.js";

/** Without a byte moved for so long the connection is taken for dead. */
const STALL_MS = 30000;

/**
 * @typedef {object} Question
 * @property {"GET" | "PUT" | "POST" | "DELETE"} method
 * @property {string} url
 * @property {ArrayBuffer} [bytes]
 * @property {string} [type]
 * @property {(sent: number, total: number) => void} [onProgress]  bytes
 * @property {AbortSignal} [signal]
 * @property {number} [stallMs]
 */

/**
 * @param {Question} question
 * @returns {Promise<{ status: number, body: any, retryAfter: string | null }>}
 * @throws {import("./answers.js").Refused | Unreachable | import("./answers.js").SignedOut | TakenBack}
 */
export function ask({ method, url, bytes, type, onProgress, signal, stallMs = STALL_MS }) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new TakenBack());
      return;
    }
    const request = new XMLHttpRequest();
    let stalled = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        request.abort();
      }, stallMs);
    };
    const takeBack = () => request.abort();
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", takeBack);
    };
    signal?.addEventListener("abort", takeBack);

    request.open(method, url);
    request.setRequestHeader("Accept", "application/json");
    if (type) request.setRequestHeader("Content-Type", type);
    request.upload.onprogress = ({ loaded, total }) => {
      moved();
      onProgress?.(loaded, total);
    };
    request.onprogress = moved;
    request.onreadystatechange = moved;
    request.onload = () => {
      settle();
      const retryAfter = request.getResponseHeader("Retry-After");
      try {
        resolve({
          ...understand({ status: request.status, text: request.responseText, retryAfter }),
          retryAfter,
        });
      } catch (error) {
        reject(error);
      }
    };
    request.onerror = () => {
      settle();
      reject(new Unreachable("network"));
    };
    // Safari also fires this when it has lost the connection itself; only the signal tells that a person wanted it.
    request.onabort = () => {
      settle();
      reject(signal?.aborted ? new TakenBack() : new Unreachable(stalled ? "stalled" : "lost"));
    };
    request.send(bytes ?? null);
    moved();
  });
}
