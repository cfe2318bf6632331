// Each element is fetched only by a page that carries it; without it the page's own words stand.
if (document.querySelector("password-ticks")) import("./elements/password-ticks.js");
const working = document.querySelector("[data-import-progress]");
if (working instanceof HTMLElement) {
  import("./import-watch.js").then(({ watchImport }) => watchImport(working));
}
