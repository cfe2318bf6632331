// Each element is fetched only by a page that carries it; without it the page's own words stand.
if (document.querySelector("password-ticks")) import("./elements/password-ticks.js");
// Whoever signed out before the page's own script had come leaves no list behind either.
if (new URLSearchParams(location.search).get("notice") === "signed-out") {
  import("./outbox/last-seen.js").then(({ forgetLastSeen }) => forgetLastSeen()).catch(() => undefined);
}
// Help, read by somebody who is signed in: photos that wait go on meanwhile.
if (document.getElementById("unsent-bar")) {
  const goOn = () => import("./unsent-elsewhere.js").catch(() => undefined);
  if (document.readyState === "complete") goOn();
  else globalThis.addEventListener("load", goOn);
}
