/** The engine whose work is all done beside the page: see workers/photo.js for its ways. */

import { ask } from "./photo-worker.js";

/**
 * @typedef {import("./shrink.js").Chosen} Chosen
 * @typedef {import("./shrink.js").Task} Task
 * @typedef {import("./shrink.js").Shrunk} Shrunk
 */

/** What is done before the encoder takes the first row. */
const DECODED = 0.5;

/**
 * @param {Chosen} chosen
 * @param {Task} task
 * @returns {Promise<Shrunk>}
 */
async function shrink({ file }, { maxBytes, quarterTurns, corners, advise, signal, onProgress }) {
  const { bytes, width, height, engine, advice } = await ask(
    { kind: "picture", file, maxBytes, quarterTurns, corners, advise },
    {
      signal,
      onProgress: (done) => onProgress(DECODED + (1 - DECODED) * done),
    },
  );
  return { blob: new Blob([bytes], { type: "image/jpeg" }), width, height, advice, engine };
}

/** @type {import("./shrink.js").Engine} */
export const workerEngine = { name: "worker", shrink };
