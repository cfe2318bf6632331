/**
 * The app's shell on the phone: the static files of a build and one page for when there is no network. It answers GET
 * requests for those alone. Whatever needs a session goes to the server as if it were not here, and is never kept.
 *
 * The server writes `self.SHELL` above this file: the build's name and what belongs to it. A new build is therefore a new
 * worker. It fills a cache of its own and waits; pages of an older build go on finding their files in the older cache.
 * It takes over when somebody goes to another page and no second one is open. No page is ever loaded anew by it.
 *
 * Messages: from a page `{ build, looks }`, what it was made of and how it looks (language, text size, colours); from the
 * worker before `{ takeOver: true }`.
 */

/** @typedef {{ build: string, addresses: string[] }} Shell */

// tsc's WebWorker library describes any worker's global object; this one is a service worker's.
const worker = /** @type {ServiceWorkerGlobalScope & { SHELL: Shell }} */ (/** @type {unknown} */ (self));
const { build, addresses } = worker.SHELL;

const PREFIX = "shell-";
/** Which page is of which build, by client id: a worker's memory lasts for seconds only. */
const PAGES = "pages";
const OFFLINE = "/offline";
const STATIC = /^\/static\/[0-9a-f]{12}\//;
/** Pages of candidates, and no photo. Where people work, a page that does not come should look like one. */
const OURS = /^\/(?:my(?!\/photos\/)(?:\/.*)?|help(?:\/.*)?|account|offline)?$/;

worker.addEventListener("install", (event) => event.waitUntil(keepShell()));

worker.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([forgetOldBuilds(), worker.clients.claim()]));
});

worker.addEventListener("fetch", (event) => {
  // iOS sends an empty body where a worker hands a form or a photo on: nothing but GET is even looked at.
  if (event.request.method !== "GET") return;
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== worker.location.origin) return;
  if (STATIC.test(pathname)) {
    event.respondWith(fromShell(event.request));
  } else if (event.request.mode === "navigate" && OURS.test(pathname)) {
    event.waitUntil(letNewWorkerTakeOver());
    event.respondWith(fetch(event.request).catch(offlinePage));
  }
});

worker.addEventListener("message", (event) => {
  const { takeOver, build: its, looks } = event.data ?? {};
  if (takeOver) worker.skipWaiting();
  else if (event.source instanceof Client && typeof its === "string" && typeof looks === "string") {
    event.waitUntil(Promise.all([meetPage(event.source.id, its), dressOfflinePage(looks)]));
  }
});

/** One file after the other: photos on their way come first. What an interrupted installation has kept, stays. */
async function keepShell() {
  const shell = await caches.open(PREFIX + build);
  const page = await fetchOfflinePage();
  if (!page) throw new Error("the server has another build by now");
  await shell.put(OFFLINE, page);
  for (const address of addresses) if (!(await shell.match(address))) await shell.add(address);
}

/** @returns {Promise<Response | null>}  null: it names files of another build */
async function fetchOfflinePage() {
  const page = await fetch(OFFLINE, { cache: "no-store" });
  const text = await page.clone().text();
  return page.ok && text.includes(`/static/${build}/`) ? page : null;
}

/** @param {Request} request */
async function fromShell(request) {
  return (await caches.match(request.url, { ignoreVary: true })) ?? (await fetch(request));
}

async function offlinePage() {
  const shell = await caches.open(PREFIX + build);
  return (await shell.match(OFFLINE, { ignoreSearch: true, ignoreVary: true })) ?? Response.error();
}

/**
 * The page that was kept speaks the language that was chosen then.
 * @param {string} looks
 */
async function dressOfflinePage(looks) {
  const shell = await caches.open(PREFIX + build);
  const wanted = `${OFFLINE}?${new URLSearchParams({ looks })}`;
  if (await shell.match(wanted, { ignoreVary: true })) return;
  const page = await fetchOfflinePage().catch(() => null);
  if (!page) return;
  await shell.delete(OFFLINE, { ignoreSearch: true, ignoreVary: true });
  await shell.put(wanted, page);
}

const openPages = () => worker.clients.matchAll({ type: "window", includeUncontrolled: true });

/** The page that somebody is leaving still counts. */
async function letNewWorkerTakeOver() {
  const { waiting } = worker.registration;
  if (waiting && (await openPages()).length <= 1) waiting.postMessage({ takeOver: true });
}

/**
 * @param {string} id
 * @param {string} its  build
 */
async function meetPage(id, its) {
  const known = await caches.open(PAGES);
  await known.put(`/${id}`, new Response(its));
  await forgetOldBuilds();
}

/** Whose pages are all closed. A page that has not said anything yet may be of any build. */
async function forgetOldBuilds() {
  const known = await caches.open(PAGES);
  const open = (await openPages()).map(({ id }) => `/${id}`);
  for (const { url } of await known.keys())
    if (!open.includes(new URL(url).pathname)) await known.delete(url);
  const answers = await Promise.all(open.map((path) => known.match(path)));
  if (answers.includes(undefined)) return;
  const needed = await Promise.all(answers.map((answer) => /** @type {Response} */ (answer).text()));
  const kept = await caches.keys();
  // A newer worker's cache belongs to no page yet.
  if (worker.registration.installing || worker.registration.waiting) return;
  for (const name of kept) {
    const old = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : build;
    if (old !== build && !needed.includes(old)) await caches.delete(name);
  }
}
