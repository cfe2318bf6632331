/**
 * A template's clone that follows its element's attributes. In the template, `data-pattern="{label}"` is the text of an
 * element, braces in `aria-label` and `alt` are filled the same way, and `data-when="kept sending"` shows an element in
 * these states only. So all words stay in the page.
 */

/** @typedef {{ node: Element, attribute: string | null, pattern: string }} Blank */

const FILLED_ATTRIBUTES = ["aria-label", "alt"];

/**
 * @param {Element} host  its content is replaced
 * @param {string} templateId
 * @returns {() => void}  fills in what the attributes say now
 */
export function fillFrom(host, templateId) {
  const template = document.getElementById(templateId);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`no template ${templateId}`);
  const clone = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  /** @type {Blank[]} */
  const blanks = [];
  for (const node of clone.querySelectorAll("*")) {
    const text = node.getAttribute("data-pattern");
    if (text !== null) blanks.push({ node, attribute: null, pattern: text });
    for (const attribute of FILLED_ATTRIBUTES) {
      const pattern = node.getAttribute(attribute);
      if (pattern?.includes("{")) blanks.push({ node, attribute, pattern });
    }
  }
  const shownIn = [...clone.querySelectorAll("[data-when]")].map((node) => ({
    node,
    states: (node.getAttribute("data-when") ?? "").split(/\s+/),
  }));
  host.replaceChildren(clone);

  return () => {
    for (const { node, attribute, pattern } of blanks) {
      const text = pattern.replace(/\{([a-z-]+)\}/g, (_all, name) => host.getAttribute(name) ?? "");
      if (attribute) node.setAttribute(attribute, text);
      else node.textContent = text;
    }
    const state = host.getAttribute("state") ?? "";
    for (const { node, states } of shownIn) node.toggleAttribute("hidden", !states.includes(state));
  };
}
