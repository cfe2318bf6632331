/**
 * What is typed into a form with `data-keep` is kept for this tab until it has been saved, so that another photo, another
 * material, a lost case or a lost connection costs no words.
 */

const PREFIX = "words:";
/** After the key of a form that was sent: the case's version then. A later version means that it was saved. */
const SENT = ":sent";

/** @typedef {[name: string, value: string][]} Typed */

export function keepWords() {
  dropSaved(Number(document.querySelector("[data-version]")?.getAttribute("data-version")));
  for (const form of document.querySelectorAll("form[data-keep]"))
    if (form instanceof HTMLFormElement) keep(form);
  const lost = document.querySelector("[data-kept-words]");
  if (lost) offer(lost, PREFIX + lost.getAttribute("data-kept-words"));
}

/** @param {HTMLFormElement} form */
function keep(form) {
  const key = PREFIX + form.getAttribute("data-keep");
  const asServed = JSON.stringify(typedIn(form));
  // What came back from a refusal stands in the form and nowhere else.
  if (form.hasAttribute("data-typed")) store(key, asServed);
  else restore(form, read(key), asServed);
  const note = () => {
    const typed = JSON.stringify(typedIn(form));
    store(key, typed === asServed && !form.hasAttribute("data-typed") ? null : typed);
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", (event) => {
    const version = form.elements.namedItem("version");
    if (!event.defaultPrevented && version instanceof HTMLInputElement) store(key + SENT, version.value);
  });
}

/** @param {number} version  of the case on the page */
function dropSaved(version) {
  for (const sent of allKeys().filter((one) => one.startsWith(PREFIX) && one.endsWith(SENT))) {
    const key = sent.slice(0, -SENT.length);
    if (!key.includes(`:${caseOnPage()}:`)) continue;
    if (version > Number(text(sent))) store(key, null);
    store(sent, null);
  }
}

/** @returns {string} */
function caseOnPage() {
  return /\/cases\/([0-9a-f-]+)/.exec(location.pathname)?.[1] ?? "";
}

/**
 * @param {HTMLFormElement} form
 * @returns {Typed}
 */
function typedIn(form) {
  return fields(form).flatMap((one) =>
    isTick(one)
      ? one.checked
        ? [/** @type {[string, string]} */ ([one.name, one.value])]
        : []
      : [[one.name, one.value]],
  );
}

/**
 * @param {HTMLFormElement} form
 * @param {Typed} typed
 * @param {string} asServed
 */
function restore(form, typed, asServed) {
  if (typed.length === 0 || JSON.stringify(typed) === asServed) return;
  for (const one of fields(form)) {
    const values = typed.filter(([name]) => name === one.name).map(([, value]) => value);
    if (isTick(one)) one.checked = values.includes(one.value) && !one.disabled;
    else if (values.length > 0) one.value = values[0];
  }
  form.querySelector("[data-kept]")?.removeAttribute("hidden");
}

/**
 * @param {HTMLFormElement} form
 * @returns {HTMLInputElement[]}
 */
function fields(form) {
  return [...form.elements].filter(
    /** @returns {one is HTMLInputElement} */
    (one) => one instanceof HTMLInputElement && one.name !== "" && one.type !== "hidden",
  );
}

/** @param {HTMLInputElement} one */
function isTick(one) {
  return one.type === "radio" || one.type === "checkbox";
}

/**
 * Where the case is in other hands, the words have no form any more; they are shown until they are given up.
 * @param {Element} shown
 * @param {string} prefix
 */
function offer(shown, prefix) {
  const keys = allKeys().filter((key) => key.startsWith(`${prefix}:`) && !key.endsWith(SENT));
  const words = keys
    .flatMap(read)
    .filter(([name, value]) => /note/.test(name) && value.trim() !== "")
    .map(([, value]) => value.trim());
  const place = shown.querySelector("[data-words]");
  if (!place || words.length === 0) return;
  place.textContent = words.join("；");
  shown.removeAttribute("hidden");
  shown.querySelector("[data-forget]")?.addEventListener("click", () => {
    for (const key of keys) store(key, null);
    shown.toggleAttribute("hidden", true);
  });
}

/** @returns {string[]} */
function allKeys() {
  try {
    return Object.keys(sessionStorage);
  } catch {
    return [];
  }
}

/**
 * @param {string} key
 * @returns {Typed}
 */
function read(key) {
  try {
    const typed = JSON.parse(text(key) ?? "[]");
    return Array.isArray(typed) ? typed : [];
  } catch {
    return [];
  }
}

/**
 * @param {string} key
 * @returns {string | null}
 */
function text(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string | null} value
 */
function store(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // A browser that stores nothing keeps nothing; the form still works.
  }
}
