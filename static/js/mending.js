/** Looking at a photo and mending it: from a place on a material's page to a screen of its own, and back. */

import "./elements/mend-screen.js";
import { noteCamera } from "./camera-note.js";
import { mendPhoto } from "./imaging/shrink.js";
import { mendingOf } from "./outbox/record.js";
import { fetchPicture } from "./server/photos.js";

/**
 * @typedef {import("./elements/mend-screen.js").MendScreen} MendScreen
 * @typedef {import("./elements/mend-screen.js").Mending} Mending
 * @typedef {import("./elements/mend-screen.js").Rendered} Rendered
 * @typedef {import("./outbox/outbox.js").Outbox} Outbox
 *
 * @typedef {object} Looked
 * @property {string} photo  id
 * @property {string} label
 * @property {string[]} advice  codes, as they stand on the place
 * @property {string | null} stored  address of the picture, where the server has it
 * @property {number} maxBytes
 * @property {import("./originals.js").Original | null} original  as this page still has it, and what was done to it
 *
 * @typedef {object} Outcome
 * @property {"closed" | "used" | "again" | "unreadable"} what  again: `bytes` are another photo for the same place;
 *   unreadable: one was chosen, `code` says what is wrong with it
 * @property {Mending} mending
 * @property {Mending} before
 * @property {ArrayBuffer | null} original
 * @property {ArrayBuffer} [bytes]
 * @property {"unreadable" | "empty" | "too_large"} [code]
 */

const RENEW_MS = 10000;
/** @type {Mending} */
const UNTOUCHED = { quarterTurns: 0, corners: null };

/**
 * Makes pictures of the steps, one of each, and gives their memory back at the end.
 * @param {ArrayBuffer} bytes
 * @param {number} maxBytes
 */
function pictures(bytes, maxBytes) {
  /** @type {Map<string, Promise<Rendered>>} */
  const made = new Map();
  /** @type {string[]} */
  const addresses = [];
  const file = new Blob([bytes]);
  return {
    /** @param {Mending} mending */
    render(mending) {
      const key = JSON.stringify([mending.quarterTurns, mending.corners]);
      const known = made.get(key);
      if (known) return known;
      const making = mendPhoto(file, mending, { maxBytes }).then(({ blob, advice }) => {
        const address = URL.createObjectURL(blob);
        addresses.push(address);
        return { address, bytes: blob.size, advice };
      });
      made.set(key, making);
      making.catch(() => made.delete(key));
      return making;
    },
    free() {
      for (const address of addresses) URL.revokeObjectURL(address);
    },
  };
}

/**
 * Covers the page with the screen, so that nothing behind it is read or reached; the way back of the browser closes it.
 * @param {MendScreen} screen
 * @returns {() => void}  takes it away again
 */
function cover(screen) {
  const behind = /** @type {HTMLElement[]} */ (
    [...document.body.children].filter(
      (node) => node instanceof HTMLElement && !node.hidden && node.tagName !== "TEMPLATE",
    )
  );
  const { scrollX, scrollY } = globalThis;
  const before = document.activeElement;
  for (const node of behind) node.hidden = true;
  document.body.append(screen);
  history.pushState({ mending: true }, "");
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    globalThis.removeEventListener("popstate", onBack);
    screen.remove();
    for (const node of behind) node.hidden = false;
    globalThis.scrollTo(scrollX, scrollY);
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
  const onBack = () => {
    screen.dispatchEvent(new CustomEvent("mend-close"));
    close();
  };
  globalThis.addEventListener("popstate", onBack);
  return () => {
    const wasOpen = isOpen;
    close();
    if (wasOpen && history.state?.mending) history.back();
  };
}

/**
 * Opens the screen for one photo and resolves when it is closed. Meanwhile the photo does not leave the phone, if it has
 * not yet; a page that dies lets it go as it was chosen.
 * @param {Outbox} outbox
 * @param {Looked} looked
 * @returns {Promise<Outcome>}
 */
export async function lookAt(outbox, { photo, label, advice, stored, maxBytes, original }) {
  const held = await outbox.hold(photo);
  const record = held ?? (await outbox.records()).find(({ id }) => id === photo);
  const isStored = stored !== null;
  // Until it has arrived its original lies in the outbox; afterwards perhaps in this page.
  const bytes = (await outbox.originalBytes(photo)) ?? original?.bytes ?? null;
  const before = isStored || !record ? (original?.mending ?? UNTOUCHED) : mendingIn(record);
  const shown = bytes ?? (await pictureOf(outbox, photo, stored));
  const making = shown ? pictures(shown, maxBytes) : null;
  const screen = /** @type {MendScreen} */ (document.createElement("mend-screen"));
  screen.setAttribute("label", label);
  const uncover = cover(screen);
  const isFree = held !== null || isStored || record?.state === "kept";
  const may = { crops: isFree && bytes !== null, turns: isFree };
  const renewing = setInterval(async () => {
    if (held && !(await outbox.hold(photo))) {
      clearInterval(renewing);
      screen.freeze();
    }
  }, RENEW_MS);
  screen.render = async (mending) => {
    if (!making) throw new Error("no picture");
    const made = await making.render(mending);
    // The place's own advice was measured on the photo as it was taken; a picture read back can only be worse.
    return bytes ? made : { ...made, advice };
  };
  try {
    return await new Promise((resolve) => {
      const end = (
        /** @type {Outcome["what"]} */ what,
        /** @type {Mending} */ mending,
        /** @type {any} */ more = {},
      ) => resolve({ what, mending, before, original: bytes, ...more });
      screen.addEventListener("mend-close", () => end("closed", before));
      screen.addEventListener("mend-use", (event) => {
        const { quarterTurns, corners } = /** @type {CustomEvent<Mending>} */ (event).detail;
        end("used", { quarterTurns, corners });
      });
      screen.addEventListener("photo-chosen", (event) =>
        end("again", before, { bytes: /** @type {CustomEvent} */ (event).detail.bytes }),
      );
      // The page behind the screen hears nothing of its picker.
      screen.addEventListener("photo-unreadable", (event) =>
        end("unreadable", before, { code: /** @type {CustomEvent} */ (event).detail.code }),
      );
      screen.addEventListener("photo-picking", () => noteCamera(true));
      screen.addEventListener("photo-picked", () => noteCamera(false));
      screen.start(bytes ? before : UNTOUCHED, may).catch(() => undefined);
    });
  } finally {
    clearInterval(renewing);
    uncover();
    making?.free();
  }
}

/**
 * A photo that only the server has, or that is being sent.
 * @param {Outbox} outbox
 * @param {string} photo
 * @param {string | null} stored
 */
async function pictureOf(outbox, photo, stored) {
  const shrunk = await outbox.shrunkBytes(photo);
  if (shrunk || !stored) return shrunk;
  return await fetchPicture({ url: stored }).catch(() => null);
}

/**
 * @param {import("./outbox/record.js").OutboxRecord} record
 * @returns {Mending}
 */
const mendingIn = ({ quarterTurns, corners = null }) => ({ quarterTurns, corners });

/**
 * @param {Mending} a
 * @param {Mending} b
 */
export const areSame = (a, b) => mendingOf(a) === mendingOf(b);
