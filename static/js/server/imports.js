/** Asks how far the import of a file is. */

import { ask } from "./ask.js";

/**
 * @param {{ url: string }} which
 * @returns {Promise<{ state: string, done?: number, rows?: number, words?: string }>}
 */
export async function askImport({ url }) {
  return (await ask({ method: "GET", url })).body;
}
