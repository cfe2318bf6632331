/**
 * What is served in the service worker's place to get rid of it: takes over at once, removes what was kept, and goes.
 * Open pages stay as they are; the next one comes from the server.
 */

const leaving = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

leaving.addEventListener("install", () => leaving.skipWaiting());
leaving.addEventListener("activate", (event) => event.waitUntil(goAway()));

async function goAway() {
  for (const name of await caches.keys()) await caches.delete(name);
  await leaving.registration.unregister();
}
