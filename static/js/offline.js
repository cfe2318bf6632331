/**
 * The page that stands in for another one where there is no network. All that is personal on it comes from this phone:
 * the photos that wait, and the list as it was last seen. It asks now and then whether the server answers again, and
 * then gives its place back.
 *
 * Templates: `offline-waiting` (`[data-count]`, `[data-rows]`), `offline-photo` (`.row__thumb`, `[data-name]`,
 * `[data-facts]`), a `photo-…` for each of kept, announced and refused, `offline-list` (`[data-title]`, `[data-say]`,
 * `[data-when]`), `offline-section` (`[data-title]`, `[data-rows]`), `offline-row` (`.state`, `[data-name]`,
 * `[data-facts]` with `[data-words]` and `[data-more]`), `row-kept`, `offline-nobody`.
 */

import { readLastSeen } from "./outbox/last-seen.js";
import { isPending } from "./outbox/record.js";
import { openStore } from "./outbox/store.js";
import { isReachable } from "./server/reachable.js";

/**
 * @typedef {import("./outbox/record.js").OutboxRecord} OutboxRecord
 * @typedef {import("./outbox/last-seen.js").LastSeen} LastSeen
 * @typedef {import("./outbox/last-seen.js").SeenRow} SeenRow
 */

const FIRST_LOOK_MS = 5000;
const LONGEST_PAUSE_MS = 60000;
const LARGEST_ORIGINAL = 6000000;

/**
 * @param {string} id
 * @param {Record<string, string>} [blanks]  for `data-pattern`, by their names in braces
 */
function made(id, blanks = {}) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`no template ${id}`);
  const clone = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  for (const node of clone.querySelectorAll("[data-pattern]")) {
    const pattern = node.getAttribute("data-pattern") ?? "";
    node.textContent = pattern.replace(/\{([a-z]+)\}/g, (_all, name) => blanks[name] ?? "");
  }
  return clone;
}

/**
 * @param {ParentNode} parent
 * @param {string} selector
 * @param {string} text
 */
function write(parent, selector, text) {
  const node = parent.querySelector(selector);
  if (!node) return;
  if (text) node.textContent = text;
  else node.remove();
}

/** @param {OutboxRecord} record */
function factsOf({ state, announced, error }) {
  if (state === "refused") return made("photo-refused", { sentence: error?.sentence ?? "" });
  return announced ? made("photo-announced", { until: announced.words }) : made("photo-kept");
}

/**
 * @param {OutboxRecord} record
 * @param {string} name  of its material
 * @param {ArrayBuffer | null} bytes
 */
function photoRow(record, name, bytes) {
  const row = made("offline-photo");
  write(row, "[data-name]", name);
  row.querySelector("[data-facts]")?.append(factsOf(record));
  const place = row.querySelector(".row__thumb");
  if (bytes && place) {
    const picture = document.createElement("img");
    picture.className = "row__picture";
    picture.alt = "";
    // Not every phone can show what every phone can send.
    picture.onload = () => {
      place.classList.remove("row__thumb--empty");
      place.replaceChildren(picture);
    };
    picture.src = URL.createObjectURL(new Blob([bytes]));
  }
  return row;
}

/**
 * What its thumbnail is made of: as it will be sent, else as it was chosen, if that is no great work.
 * @param {import("./outbox/memory-store.js").Store} store
 * @param {OutboxRecord} record
 */
async function pictureOf(store, { id }) {
  const shrunk = await store.bytesOf(id, "shrunk");
  if (shrunk) return shrunk;
  const original = await store.bytesOf(id, "original");
  return original && original.byteLength <= LARGEST_ORIGINAL ? original : null;
}

/**
 * @param {SeenRow} seen
 * @param {number} waiting  photos of it
 */
function listRow({ name, kind, words, more }, waiting) {
  const row = made("offline-row");
  write(row, "[data-name]", name);
  if (waiting > 0) {
    row.querySelector("[data-facts]")?.replaceChildren(made("row-kept", { count: String(waiting) }));
    return row;
  }
  write(row, "[data-words]", words);
  write(row, "[data-more]", more);
  row.querySelector(".state")?.classList.add(`is-${kind}`);
  const drawn = row.querySelector(".state use");
  drawn?.setAttribute("href", `${drawn.getAttribute("href")?.split("#")[0]}#i-${kind}`);
  return row;
}

/**
 * @param {LastSeen} seen
 * @param {import("./outbox/memory-store.js").Store} store
 * @param {OutboxRecord[]} records
 * @returns {Promise<Node[]>}
 */
async function waitingOf({ sections }, store, records) {
  if (records.length === 0) return [];
  const names = new Map(sections.flatMap(({ rows }) => rows).map(({ code, name }) => [code, name]));
  const part = made("offline-waiting", { count: String(records.length) });
  const rows = records.map(async (record) =>
    photoRow(record, names.get(record.material) ?? "", await pictureOf(store, record)),
  );
  part.querySelector("[data-rows]")?.append(...(await Promise.all(rows)));
  return [part];
}

/**
 * @param {LastSeen} seen
 * @param {OutboxRecord[]} records
 */
function listOf({ at, title, say, sections }, records) {
  const { lang } = document.documentElement;
  // The server writes English dates the same way.
  const when = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, {
    month: "long",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
  const head = made("offline-list", { when });
  write(head, "[data-title]", title);
  write(head, "[data-say]", say);
  const parts = sections.map((section) => {
    const part = made("offline-section");
    write(part, "[data-title]", section.title);
    part
      .querySelector("[data-rows]")
      ?.append(
        ...section.rows.map((row) =>
          listRow(row, records.filter(({ material }) => material === row.code).length),
        ),
      );
    return part;
  });
  return [head, ...parts];
}

/** @param {Element} place */
async function show(place) {
  const seen = await readLastSeen().catch(() => null);
  if (!seen) {
    place.replaceChildren(made("offline-nobody"));
    return;
  }
  const store = await openStore(() => undefined);
  const records = (await store.of(seen.person).catch(() => [])).filter(isPending);
  const waiting = await waitingOf(seen, store, records).catch(() => []);
  place.replaceChildren(...waiting, ...listOf(seen, records));
}

function giveBack() {
  // Asked for by its own address it stands in for nothing.
  if (location.pathname === "/offline") location.replace("/my");
  else location.reload();
}

let looking = false;

async function lookAgain() {
  if (looking) return;
  looking = true;
  if (await isReachable()) giveBack();
  looking = false;
}

/** @param {number} pause  milliseconds */
function keepLooking(pause) {
  setTimeout(async () => {
    if (document.visibilityState === "visible") await lookAgain();
    keepLooking(Math.min(2 * pause, LONGEST_PAUSE_MS));
  }, pause);
}

const place = document.getElementById("offline-own");
if (place) show(place);
document.querySelector("[data-again]")?.addEventListener("click", (event) => {
  event.preventDefault();
  giveBack();
});
globalThis.addEventListener("online", lookAgain);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") lookAgain();
});
keepLooking(FIRST_LOOK_MS);
