/**
 * `<password-ticks for="password" min="8" max="20" met="已满足">` ticks off each rule while the password is typed.
 *
 * Attributes: `for`, the id of the field; `min` and `max`, its length in characters; `met`, the word that is spoken
 * behind a rule that has come to hold.
 * Inside: a `<template>` with one `.state[data-rule]` per rule, `length` or `letter-and-digit`, with its words and an
 * icon; it is shown from the first key on.
 * A rule is never marked as broken here: the server says that, when the form has been sent.
 */

/** After this many milliseconds without a key the change is spoken. */
const PAUSE = 800;

/** @type {Record<string, (password: string, least: number, most: number) => boolean>} */
const RULES = {
  length: (password, least, most) => {
    const characters = [...password].length;
    return characters >= least && characters <= most;
  },
  "letter-and-digit": (password) => /\p{L}/u.test(password) && /\p{Nd}/u.test(password),
};

/**
 * @param {Element} rule
 * @param {boolean} holds
 */
function mark(rule, holds) {
  rule.classList.toggle("is-done", holds);
  rule.classList.toggle("is-optional", !holds);
  const use = rule.querySelector("use");
  const href = use?.getAttribute("href");
  if (use && href) use.setAttribute("href", href.replace(/#.*$/, holds ? "#i-done" : "#i-optional"));
}

export class PasswordTicks extends HTMLElement {
  constructor() {
    super();
    /** @private @type {HTMLInputElement | null} */
    this.field = null;
    /** @private @type {number | undefined} */
    this.timer = undefined;
    /** @private */
    this.region = document.createElement("span");
    this.region.className = "unseen";
    this.region.setAttribute("role", "status");
    /** @private */
    this.check = this.check.bind(this);
  }

  connectedCallback() {
    const field = document.getElementById(this.getAttribute("for") ?? "");
    if (!(field instanceof HTMLInputElement)) return;
    this.field = field;
    // Beside this element: inside it the region would be read out with the field's description.
    this.after(this.region);
    field.addEventListener("input", this.check);
  }

  disconnectedCallback() {
    this.field?.removeEventListener("input", this.check);
    this.region.remove();
    clearTimeout(this.timer);
  }

  /** Shows the rules, once. */
  reveal() {
    const template = this.querySelector("template");
    if (!template || this.classList.contains("rules")) return;
    this.classList.add("rules");
    this.append(template.content.cloneNode(true));
  }

  check() {
    this.reveal();
    const password = this.field?.value ?? "";
    const least = Number(this.getAttribute("min"));
    const most = Number(this.getAttribute("max"));
    /** @type {string[]} */
    const met = [];
    for (const rule of this.querySelectorAll("[data-rule]")) {
      const holds = RULES[rule.getAttribute("data-rule") ?? ""]?.(password, least, most) ?? false;
      mark(rule, holds);
      if (holds) met.push(`${rule.textContent?.trim()} ${this.getAttribute("met") ?? ""}`);
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.region.textContent = met.join(", ");
    }, PAUSE);
  }
}

customElements.define("password-ticks", PasswordTicks);
