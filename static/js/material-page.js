/**
 * The page of one material. Without scripts it is a list of photos and a plain form; this turns the form into the
 * picker and keeps the places up to date. What is needed at first sight is loaded here, the rest follows.
 *
 * The page delivers:
 *
 *     <main id="material" data-person="…" data-material="identity" data-photos-url="/my/photos/"
 *           data-max-bytes="204800">                 data-person: opaque and stable; it binds what waits on the phone
 *       <div id="material-say" role="status"></div>  for messages; empty
 *       <p id="material-announcement" role="status" class="visually-hidden" data-pattern="{label}：{words}"></p>
 *       <div class="slots" role="list">
 *         <photo-slot class="slot" role="listitem" slot="portrait" label="人像面" min="1" places="1" state="arrived"
 *             photo="<uuid>" thumbnail="…" href="…" words="5月3日 21:14，186 KB"> as it looks without scripts, with its
 *           own form for deleting </photo-slot>
 *       </div>
 *       … <b data-count="required"> <b data-count="done"> <b data-count="have"> <b data-count="min"> <b data-count="max">
 *       <div class="actions">
 *         <div id="undo-place"></div>
 *         <p data-when-next>下一张：<strong data-next></strong></p>
 *         <photo-picker template="photo-picker-template"> the plain form </photo-picker>
 *       </div>
 *     </main>
 *
 * `min` and `places` say how many photos a slot needs and takes; `places="0"` where nothing may be added now. A slot with
 * several places has one photo-slot per photo and, while more fit, one more in state `empty` (needed) or `optional`.
 * States that the server gives: empty, optional, arrived, processing, returned, locked.
 *
 * Templates: `photo-picker-template` (two labels with their inputs, the first with `capture="environment"`),
 * `photo-slot-template` (see elements/photo-slot.js; its free states hold a `<photo-picker>` with one input),
 * `undo-bar-template` (see elements/undo-bar.js), and one message each for the codes of `Message`:
 * `<template data-say="unreachable">…</template>`, taken over with its links.
 *
 * Events it sends from <main>, bubbling: `counts` {counts} after each receipt.
 */

import "./elements/photo-picker.js";
import "./elements/photo-slot.js";

/** @typedef {import("./material-photos.js").Message} Message */

const FORWARDED = [
  "photo-chosen",
  "photo-unreadable",
  "photo-picking",
  "photo-picked",
  "photo-minus",
  "photo-turn",
  "photo-retry",
  "photo-undo",
];

/**
 * @param {HTMLElement} page
 * @param {Message} message
 * @param {string} [sentence]
 */
function say(page, message, sentence = "") {
  const place = page.querySelector("#material-say");
  const template = document.querySelector(`template[data-say="${message}"]`);
  if (!place || !(template instanceof HTMLTemplateElement)) return;
  place.replaceChildren(template.content.cloneNode(true));
  const words = place.querySelector("[data-sentence]");
  if (words) words.textContent = sentence;
}

const page = document.getElementById("material");
if (page) {
  const working = import("./material-photos.js").then(({ openMaterial }) => openMaterial(page, say));
  working.catch(() => say(page, "not-loaded"));
  // Nothing that is chosen or pressed before the rest has loaded gets lost.
  for (const name of FORWARDED) {
    page.addEventListener(name, (event) => {
      const { target, detail } = /** @type {CustomEvent} */ (event);
      working.then((handle) => handle(name, /** @type {Element} */ (target), detail)).catch(() => undefined);
    });
  }
}
