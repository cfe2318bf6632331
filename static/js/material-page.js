/**
 * The page of one material. Without scripts it is a list of photos and a plain form; this turns the form into the
 * picker and keeps the places up to date. What is needed at first sight is loaded here, the rest follows.
 *
 * The page delivers:
 *
 *     <div id="material" data-person="…" data-material="ID" data-photos-url="/my/photos/" data-max-bytes="204800"
 *          data-other-label="…" data-name="身份证明">   data-person: opaque and stable; it binds what waits on the phone
 *       <div id="material-say" role="status"></div>  for messages; empty, or the problem of a form
 *       <div id="material-same" role="status"></div>  asks about photos that were chosen before; see same-photo.js
 *       <p id="material-announcement" role="status" class="unseen" data-pattern="{label}：{words}"></p>
 *       <div class="slots" role="list">
 *         <photo-slot class="slot" role="listitem" slot="front" label="人像面" min="1" places="1" state="arrived"
 *             photo="<uuid>" thumbnail="…" href="…" words="5月3日 21:14，186 KB"> as it looks without scripts, with its
 *           own form for deleting </photo-slot>
 *       </div>
 *       … <b data-count="required"> <b data-count="done"> <b data-count="have"> <b data-count="min"> <b data-count="max">
 *       <p data-when-complete> all is there that is needed, and more may be added </p>
 *       <div class="actions">
 *         <div id="undo-place"></div>
 *         <div data-when-next>下一张：<strong data-next></strong>
 *           <photo-picker template="photo-picker-template"> for pages without scripts </photo-picker></div>
 *         <div data-when-full> nothing more can be added: where to go on </div>
 *       </div>
 *     </div>
 *
 * `min` and `places` say how many photos a slot needs and takes; `places="0"` where nothing may be added now. A slot with
 * several places has one photo-slot per photo and, while more fit, one more in state `empty` (needed) or `optional`; with
 * `label-pattern="第 {number} 张"` its places are called by their number. `data-other-label` names a photo whose slot the
 * page no longer has. States that the server gives: empty, optional, arrived, processing, unusable, returned, locked, early.
 *
 * Templates: `photo-picker-template` (two labels with their inputs, the first with `capture="environment"`),
 * `photo-slot-template` (see elements/photo-slot.js; its free states hold a `<photo-picker>` with one input),
 * `undo-bar-template` (see elements/undo-bar.js), `mend-screen-template` (see elements/mend-screen.js), and one message each for the codes of `Message`:
 * `<template data-say="unreachable">…</template>`, taken over with its links. `<template data-refusal="bytes_lost">` holds
 * a sentence for a refusal that comes without one (bytes_lost, too_large).
 *
 * Events it sends from the page's element, bubbling: `counts` {counts} after each receipt.
 */

import "./elements/photo-picker.js";
import "./elements/photo-slot.js";

/** @typedef {import("./material-photos.js").Message} Message */

const FORWARDED = [
  "photo-chosen",
  "photo-unreadable",
  "photo-left-over",
  "photo-picking",
  "photo-picked",
  "photo-minus",
  "photo-turn",
  "photo-look",
  "photo-use",
  "photo-retry",
  "photo-undo",
];

/** These hold until they are mended; all others are taken away by the next thing that is done. */
const LASTING = ["not-durable", "shared", "signed-out", "signed-out-held", "not-loaded"];

/**
 * @param {HTMLElement} page
 * @param {Message | null} message  null: whatever was said of an earlier step is over
 * @param {string} [sentence]
 * @param {Record<string, number>} [values]  of the places in its patterns
 */
function say(page, message, sentence = "", values = {}) {
  const place = page.querySelector("#material-say");
  if (!place) return;
  if (message === null || message === "signed-in") {
    if (message || !LASTING.includes(place.getAttribute("data-said") ?? "")) place.replaceChildren();
    return;
  }
  const template = document.querySelector(`template[data-say="${message}"]`);
  if (!(template instanceof HTMLTemplateElement)) return;
  place.replaceChildren(template.content.cloneNode(true));
  place.setAttribute("data-said", message);
  const words = place.querySelector("[data-sentence]");
  if (words) words.textContent = sentence;
  for (const node of place.querySelectorAll("[data-pattern]")) {
    node.textContent = (node.getAttribute("data-pattern") ?? "").replace(/\{(\w+)\}/g, (found, name) =>
      String(values[name] ?? found),
    );
  }
  place.scrollIntoView({ block: "nearest" });
}

/** Until the first picture of the page stands (a hidden page paints none): on a slow network the rest would delay it. */
const painted = () =>
  new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 500);
  });

const page = document.getElementById("material");
if (page) {
  const working = painted()
    .then(() => import("./material-photos.js"))
    .then(({ openMaterial }) => openMaterial(page, say));
  working.catch(() => say(page, "not-loaded"));
  // Nothing that is chosen or pressed before the rest has loaded gets lost.
  for (const name of FORWARDED) {
    page.addEventListener(name, (event) => {
      const { target, detail } = /** @type {CustomEvent} */ (event);
      working.then((handle) => handle(name, /** @type {Element} */ (target), detail)).catch(() => undefined);
    });
  }
}
