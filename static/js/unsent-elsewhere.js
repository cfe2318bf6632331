/**
 * Photos that another page has left on the phone go on from whichever page of the app is open, and the bar tells of them.
 * Loaded late: most pages find nothing to do.
 *
 * `#unsent-bar` carries what the outbox needs: data-person, -photos-url, -announcements-url, -deadline-url, -keeps.
 */

import { unsent } from "./outbox/signing-out.js";
import { CHANNEL } from "./outbox/store.js";

/** @param {HTMLElement} bar */
async function begin({ dataset }) {
  const { person = "" } = dataset;
  const clock = document.querySelector("countdown-clock");
  const isThere = async () => (await unsent(person).catch(() => [])).length > 0;
  if (!(await isThere())) {
    noticeLater(isThere, () => goOn(dataset));
    if (!clock) return;
    const { warnOfDeadline } = await import("./deadline-warning.js");
    const asked = (/** @type {string} */ name) => clock.getAttribute(name) ?? undefined;
    warnOfDeadline({ person, moment: asked("moment"), closesIn: asked("seconds") });
    return;
  }
  await goOn(dataset);
}

/**
 * While this page stays open, photos may be chosen in another tab.
 * @param {() => Promise<boolean>} isThere
 * @param {() => Promise<void>} then  once
 */
function noticeLater(isThere, then) {
  const noticing = new AbortController();
  const { signal } = noticing;
  const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(CHANNEL) : undefined;
  const look = async () => {
    if (!(await isThere()) || signal.aborted) return;
    noticing.abort();
    channel?.close();
    await then().catch(() => undefined);
  };
  channel?.addEventListener("message", look, { signal });
  // Of a browser without channels, and of a page that slept meanwhile.
  document.addEventListener("visibilitychange", look, { signal });
}

/** @param {DOMStringMap} dataset */
async function goOn(dataset) {
  const { person = "", deadlineUrl } = dataset;
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
if (bar) begin(bar).catch(() => undefined);
