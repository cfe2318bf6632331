/** Reads the list off its page, as the server said it, and keeps it for when there is no network. */

import { keepLastSeen } from "./outbox/last-seen.js";

/** @param {Element | Node | null | undefined} node */
const words = (node) => (node?.textContent ?? "").replace(/\s+/g, " ").trim();

/**
 * @param {HTMLElement} row
 * @param {Node[] | undefined} said  by the server, where the page now says something else
 * @returns {import("./outbox/last-seen.js").SeenRow}
 */
function read(row, said) {
  const facts = (said ?? [...(row.querySelector("[data-facts]")?.childNodes ?? [])]).filter(
    (node) => node instanceof Element,
  );
  const state = facts.find((node) => node.classList.contains("state"));
  const kind = [...(state?.classList ?? [])].find((name) => name.startsWith("is-")) ?? "is-optional";
  return {
    code: row.dataset.material ?? "",
    // Whether it must be is said by the section.
    name: words(row.querySelector(".row__name")?.firstChild),
    kind: kind.slice("is-".length),
    words: words(state),
    more: words(facts.find((node) => node.classList.contains("row__more"))),
  };
}

/**
 * @param {HTMLElement} list
 * @param {string} person
 * @param {(row: HTMLElement) => Node[] | undefined} saidOf
 */
export async function rememberList(list, person, saidOf) {
  const sections = [...list.querySelectorAll("section[data-section]:not([hidden])")].map((section) => ({
    title: words(section.querySelector(".section__title")),
    rows: /** @type {HTMLElement[]} */ ([...section.querySelectorAll("li[data-material]")]).map((row) =>
      read(row, saidOf(row)),
    ),
  }));
  await keepLastSeen({
    person,
    at: Date.now(),
    title: words(list.querySelector("main h1")),
    say: words(list.querySelector(".summary__say")),
    sections: sections.filter(({ rows }) => rows.length > 0),
  });
}
