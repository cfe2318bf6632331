/**
 * A page that stays open learns when its deadline is moved: from the receipt of a photo, and when it is looked at again.
 *
 *     <div data-person="…" data-deadline-url="/my/deadline" data-stands="collecting open">
 *
 * `data-stands`: where the case stood when the page was made, and `open` where something could be changed. The clocks
 * take the new time; where the case stands otherwise the page is made anew. Sends `deadline-told` {closesIn} from the
 * document, for the outbox.
 */

import { askDeadline } from "./server/photos.js";

/** @typedef {import("./server/answers.js").Deadline} Deadline */

/** @param {Deadline} told */
const standing = ({ word, open }) => (open ? `${word} open` : word);

/**
 * @param {HTMLElement} page
 * @param {Deadline | undefined} told
 * @param {() => Promise<boolean>} mayReload  whether nothing would be lost
 */
export async function takeDeadline(page, told, mayReload) {
  if (!told) return;
  for (const clock of page.querySelectorAll("countdown-clock")) {
    clock.setAttribute("moment", told.words);
    clock.setAttribute("seconds", String(told.seconds_left));
  }
  document.dispatchEvent(new CustomEvent("deadline-told", { detail: { closesIn: told.closes_in } }));
  if (page.dataset.stands !== standing(told) && (await mayReload())) location.reload();
}

/**
 * @param {HTMLElement} page
 * @param {() => Promise<boolean>} mayReload
 */
export function watchDeadline(page, mayReload) {
  const { deadlineUrl = "", person = "" } = page.dataset;
  if (!deadlineUrl) return;
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "visible") return;
    const told = await askDeadline(`${deadlineUrl}?${new URLSearchParams({ person })}`).catch(
      () => undefined,
    );
    await takeDeadline(page, told, mayReload);
  });
}
