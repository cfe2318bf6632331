// Each element is fetched only by a page that carries it; without it the page's own words stand.
if (document.querySelector("countdown-clock")) import("./elements/countdown-clock.js");
if (document.querySelector("password-ticks")) import("./elements/password-ticks.js");
if (document.getElementById("own-list")) {
  // Once the page is painted (a hidden one is not): on a slow network the outbox's scripts would delay it.
  let begun = false;
  const begin = () => {
    if (!begun) import("./waiting-list.js");
    begun = true;
  };
  requestAnimationFrame(() => setTimeout(begin));
  setTimeout(begin, 500);
}
if (document.querySelector("[data-print]")) import("./print-button.js");

// Everything that this page needs, and a photo that waits, goes first.
const WORKER_WAITS_MS = 1500;
function afterwards() {
  if (document.getElementById("unsent-bar") && !document.getElementById("own-list"))
    import("./unsent-elsewhere.js").catch(() => undefined);
  setTimeout(() => import("./installing.js").catch(() => undefined), WORKER_WAITS_MS);
}
if (document.readyState === "complete") afterwards();
else globalThis.addEventListener("load", afterwards);
