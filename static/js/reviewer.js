// Each element is fetched only by a page that carries it; without it the page's own words stand.
if (document.querySelector("password-ticks")) import("./elements/password-ticks.js");
if (document.querySelector("undo-bar")) import("./elements/undo-bar.js");
