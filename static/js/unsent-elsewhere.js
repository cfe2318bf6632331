/**
 * Photos that another page has left on the phone go on from whichever page of the app is open, and the bar tells of them.
 * Loaded late: most pages find nothing to do.
 *
 * `#unsent-bar` carries what the outbox needs: data-person, -photos-url, -announcements-url, -deadline-url, -keeps.
 */

import { unsent } from "./outbox/signing-out.js";

/** @param {HTMLElement} bar */
async function goOn({ dataset }) {
  const { person = "", deadlineUrl } = dataset;
  const clock = document.querySelector("countdown-clock");
  if ((await unsent(person).catch(() => [])).length === 0) {
    if (!clock) return;
    const { warnOfDeadline } = await import("./deadline-warning.js");
    const asked = (/** @type {string} */ name) => clock.getAttribute(name) ?? undefined;
    warnOfDeadline({ person, moment: asked("moment"), closesIn: asked("seconds") });
    return;
  }
  const [{ openPhotoWay }, { watchUnderWay }, { askDeadline }] = await Promise.all([
    import("./photo-way.js"),
    import("./under-way.js"),
    import("./server/photos.js"),
  ]);
  watchUnderWay(await openPhotoWay(dataset), dataset);
  const told = await askDeadline(`${deadlineUrl}?${new URLSearchParams({ person })}`);
  const detail = { closesIn: told.closes_in, words: told.words };
  document.dispatchEvent(new CustomEvent("deadline-told", { detail }));
}

const bar = document.getElementById("unsent-bar");
if (bar) goOn(bar).catch(() => undefined);
