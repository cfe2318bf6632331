/** A photo's way, put together: shrink here, keep in the outbox, send to the server. For every page of a candidate. */

import { reloadPage } from "./leaving.js";
import { Outbox } from "./outbox/outbox.js";
import { CHANNEL, openStore } from "./outbox/store.js";
import { turnTaking } from "./outbox/turn-taking.js";
import { announcePhotos, withdrawAnnouncement } from "./server/announcements.js";
import { isGone } from "./server/build.js";
import { askPhoto, deletePhoto, putPhoto } from "./server/photos.js";

/** @typedef {import("./outbox/record.js").OutboxRecord} OutboxRecord */

/**
 * A page from before a deployment finds its scripts no more: the new page takes up what waits. Once for each build, so
 * that a file which is missing there too does not make it turn in circles.
 */
async function startAnew() {
  const url = new URL("./imaging/shrink.js", import.meta.url).href;
  if (!(await isGone(url)) || sessionStorage.getItem("started-anew") === url) return;
  sessionStorage.setItem("started-anew", url);
  reloadPage();
}

/**
 * Not where data or memory are short: those wait a moment longer for their first photo.
 * @param {() => void} task
 */
function whenIdle(task) {
  const { connection, deviceMemory = 4 } = /** @type {any} */ (navigator);
  if (connection?.saveData || deviceMemory <= 1) return;
  if (typeof requestIdleCallback === "function") requestIdleCallback(task, { timeout: 10000 });
  else setTimeout(task, 2000);
}

/** @returns {Promise<import("./outbox/preparing.js").Prepare>} */
async function loadPrepare() {
  const { ShrinkFailure, mendPhoto } = await import("./imaging/shrink.js").catch(async (error) => {
    await startAnew();
    throw error;
  });
  return async ({ maxBytes, quarterTurns, corners }, original) => {
    try {
      const file = new Blob([original]);
      const { blob, advice } = await mendPhoto(file, { quarterTurns, corners }, { maxBytes });
      return { bytes: await new Response(blob).arrayBuffer(), type: blob.type, advice };
    } catch (error) {
      if (error instanceof ShrinkFailure) return null;
      throw error;
    }
  };
}

/**
 * Every request names whose photo it is: meanwhile somebody else may have signed in in this browser.
 * @param {string} photosUrl
 * @param {string} announcementsUrl
 * @returns {import("./outbox/sending.js").Journey}
 */
function journey(photosUrl, announcementsUrl) {
  return {
    put({ id, person, material, slot, replaces, type }, bytes, { signal, onProgress }) {
      const query = new URLSearchParams({
        slot: `${material}.${slot}`,
        person,
        ...(replaces ? { replaces } : {}),
      });
      return putPhoto({ url: `${photosUrl}${id}?${query}`, bytes, type, signal, onProgress });
    },
    ask: ({ id, person }) => askPhoto({ url: `${photosUrl}${id}/state?${new URLSearchParams({ person })}` }),
    remove: ({ id, person }) => deletePhoto({ url: `${photosUrl}${id}?${new URLSearchParams({ person })}` }),
    announce: (person, photos) =>
      announcePhotos({ url: `${announcementsUrl}?${new URLSearchParams({ person })}`, photos }),
    withdraw: ({ id, person }) =>
      withdrawAnnouncement({ url: `${announcementsUrl}/${id}?${new URLSearchParams({ person })}` }),
  };
}

/**
 * @param {string} [seconds]  left until the bell when the page was answered
 * @returns {number | null}  epoch milliseconds
 */
function bellAfter(seconds) {
  if (!seconds) return null;
  const [navigation] = performance.getEntriesByType("navigation");
  const answered = navigation instanceof PerformanceNavigationTiming ? navigation.responseStart : 0;
  return Date.now() - (performance.now() - answered) + 1000 * Number(seconds);
}

/** When this page was asked for, in epoch milliseconds of the clock that the outbox uses. */
export const askedFor = () => Date.now() - performance.now();

/**
 * Opens a person's outbox and begins to empty it. Takes a page's data attributes.
 * @param {object} page
 * @param {string} [page.person]  opaque, stable name of the signed-in candidate
 * @param {string} [page.photosUrl]  ends in a slash
 * @param {string} [page.announcementsUrl]  ends in none
 * @param {string} [page.keeps]  "no" on a computer of nobody's own: photos stay in this page's memory
 * @param {string} [page.closesIn]  seconds until the next bell; missing where none is ahead
 * @returns {Promise<Outbox>}
 */
export async function openPhotoWay({ person = "", photosUrl = "", announcementsUrl = "", closesIn, keeps }) {
  /** @type {Outbox | undefined} */
  let outbox;
  const store = await openStore(() => outbox?.dispatchEvent(new Event("not-durable")), {
    keeps: keeps !== "no",
  });
  const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(CHANNEL) : undefined;
  const opened = new Outbox({
    person,
    store,
    loadPrepare,
    journey: journey(photosUrl, announcementsUrl),
    closesAt: bellAfter(closesIn),
    inTurn: turnTaking(store),
    channel,
  });
  outbox = opened;
  document.addEventListener("deadline-told", (event) => {
    const { closesIn } = /** @type {CustomEvent<{ closesIn: number | null }>} */ (event).detail;
    opened.setBell(closesIn === null ? null : Date.now() + 1000 * closesIn);
  });
  globalThis.addEventListener("online", () => opened.nudge());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") opened.nudge();
  });
  await opened.start();
  // Fetched while there is a network: the photo may be taken where there is none.
  loadPrepare()
    .then(() => import("./imaging/shrink.js"))
    .then(({ warmUp }) => whenIdle(warmUp))
    .catch(() => undefined);
  return opened;
}
