/** Keeps the progress of an import on its page true, and asks for the page anew when something else is to be seen. */

import { askImport } from "./server/imports.js";

const LOOK_AGAIN_MS = 2000;
const AFTER_FAILURE_MS = 10_000;

/**
 * @param {HTMLElement} section  carries the address of the progress and the state that the page was written in
 */
export async function watchImport(section) {
  const url = section.dataset.importProgress ?? "";
  const words = section.querySelector("[data-words]");
  const bar = section.querySelector("progress");
  for (;;) {
    let wait = LOOK_AGAIN_MS;
    try {
      const told = await askImport({ url });
      if (told.state !== section.dataset.state) {
        location.reload();
        return;
      }
      if (words && told.words) words.textContent = told.words;
      if (bar) bar.value = told.done ?? 0;
    } catch {
      wait = AFTER_FAILURE_MS;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
