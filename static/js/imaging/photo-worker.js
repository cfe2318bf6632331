/** The page's side of workers/photo.js: started when first needed, ended when a photo is taken back or it hangs. */

import { workerAddress } from "../server/policy.js";
import { ShrinkFailure } from "./failure.js";

/**
 * @typedef {import("./orders.js").Order} Order
 * @typedef {import("./orders.js").Answered} Answered
 *
 * @typedef {object} Care
 * @property {AbortSignal} [signal]
 * @property {(done: number) => void} [onProgress]  0 to 1
 * @property {(top: number, rows: number) => Uint8Array<ArrayBuffer>} [readRows]  RGBA, of a raster
 */

const LONGEST_START_MS = 20000;
const LONGEST_SILENCE_MS = 45000;
/** Unused for so long, it gives its memory back. */
const IDLE_MS = 120000;

/** @type {Worker | null} */
let worker = null;
/** False once this browser has shown that it knows no workers that are modules. */
let isPossible = typeof Worker === "function";
let hasStarted = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let idle;

export const canWork = () => isPossible;

function end() {
  worker?.terminate();
  worker = null;
}

function start() {
  if (worker) return worker;
  hasStarted = false;
  worker = new Worker(workerAddress("photo"), { type: "module" });
  rest(worker);
  return worker;
}

/** @param {Worker} here  nobody waits for its answer */
function rest(here) {
  here.onmessage = () => {
    hasStarted = true;
  };
  here.onerror = (event) => {
    event.preventDefault();
    fail();
  };
}

/** The script itself did not run: a browser from before module workers, or a file that is gone. */
function fail() {
  if (!hasStarted) isPossible = false;
  end();
}

/** Before the first photo comes, so that it does not wait for the worker's files. */
export function startAhead() {
  if (isPossible) start();
}

/**
 * @param {Order} order
 * @param {Care} [care]
 * @returns {Promise<Answered>}  rejects with ShrinkFailure
 */
export function ask(order, { signal, onProgress, readRows } = {}) {
  clearTimeout(idle);
  return new Promise((resolve, reject) => {
    if (!isPossible) throw new ShrinkFailure("undecodable");
    const here = start();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let deadline;
    /** @param {number} milliseconds */
    const wait = (milliseconds) => {
      clearTimeout(deadline);
      deadline = setTimeout(() => giveUp(new ShrinkFailure("undecodable")), milliseconds);
    };
    const settle = () => {
      clearTimeout(deadline);
      signal?.removeEventListener("abort", onAbort);
      rest(here);
    };
    const giveUp = (/** @type {ShrinkFailure} */ failure) => {
      settle();
      end();
      reject(failure);
    };
    const onAbort = () => giveUp(new ShrinkFailure("aborted"));
    signal?.addEventListener("abort", onAbort);
    here.onerror = (event) => {
      event.preventDefault();
      fail();
      giveUp(new ShrinkFailure("undecodable"));
    };
    here.onmessage = ({ data }) => {
      hasStarted = true;
      wait(LONGEST_SILENCE_MS);
      if ("progress" in data) onProgress?.(data.progress);
      if ("read" in data && readRows) {
        try {
          const rows = readRows(data.read.top, data.read.rows);
          here.postMessage({ rows }, [rows.buffer]);
        } catch (error) {
          giveUp(new ShrinkFailure("blank", error));
        }
      }
      if (!("result" in data || "failure" in data)) return;
      settle();
      idle = setTimeout(end, IDLE_MS);
      if ("result" in data) resolve(data.result);
      else reject(new ShrinkFailure(data.failure, data.cause));
    };
    wait(hasStarted ? LONGEST_SILENCE_MS : LONGEST_START_MS);
    here.postMessage(order);
  });
}
