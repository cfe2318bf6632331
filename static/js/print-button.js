/** `<button data-print hidden>`: shown where a script can print. */

for (const button of document.querySelectorAll("[data-print]")) {
  button.toggleAttribute("hidden", false);
  button.addEventListener("click", () => globalThis.print());
}

export {};
