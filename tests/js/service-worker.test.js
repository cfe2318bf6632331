import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

const source = readFileSync(new URL("../../static/js/service-worker.js", import.meta.url), "utf8");
const ORIGIN = "https://exam.example";
const BUILDS = { old: "aaaaaaaaaaaa", now: "bbbbbbbbbbbb", next: "cccccccccccc" };

/** Caches as a phone keeps them, between workers. */
class Caches {
  constructor() {
    /** @type {Map<string, Map<string, Response>>} */
    this.kept = new Map();
  }

  /** @param {string} name */
  open(name) {
    const entries = this.kept.get(name) ?? new Map();
    this.kept.set(name, entries);
    const href = (/** @type {any} */ request) => new URL(request.url ?? request, ORIGIN).href;
    const find = (/** @type {any} */ request, { ignoreSearch = false } = {}) => {
      const wanted = href(request);
      return [...entries.keys()].find((key) =>
        ignoreSearch ? key.split("?")[0] === wanted : key === wanted,
      );
    };
    return Promise.resolve({
      match: (/** @type {any} */ request, /** @type {any} */ options) =>
        Promise.resolve(entries.get(find(request, options) ?? "")?.clone()),
      put: (/** @type {any} */ request, /** @type {Response} */ answer) =>
        Promise.resolve(void entries.set(href(request), answer)),
      delete: (/** @type {any} */ request, /** @type {any} */ options) =>
        Promise.resolve(entries.delete(find(request, options) ?? "")),
      add: async (/** @type {string} */ address) => {
        const answer = await this.fetch(address);
        if (!answer.ok) throw new TypeError("bad answer");
        entries.set(href(address), answer);
      },
      keys: () => Promise.resolve([...entries.keys()].map((url) => ({ url }))),
    });
  }

  /** @type {(address: any) => Promise<Response>} */
  fetch = () => Promise.reject(new TypeError("no network"));

  /**
   * @param {any} request
   * @param {any} options
   */
  async match(request, options) {
    for (const name of this.kept.keys()) {
      const found = await (await this.open(name)).match(request, options);
      if (found) return found;
    }
    return undefined;
  }
  keys = () => Promise.resolve([...this.kept.keys()]);
  delete = (/** @type {string} */ name) => Promise.resolve(this.kept.delete(name));
  /** @param {string} name */
  addresses = (name) => [...(this.kept.get(name)?.keys() ?? [])].map((url) => url.slice(ORIGIN.length));
}

class Client {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
  }
}

/**
 * A worker of a build on a phone, with a server behind it that has that build.
 * @param {string} build
 * @param {Caches} [caches]
 */
function started(build, caches = new Caches()) {
  /** @type {Record<string, (event: any) => void>} */
  const listeners = {};
  /** @type {string[]} */
  const asked = [];
  /** @type {any} */
  const phone = { build, network: true, open: [], waiting: null, skipped: false, asked, caches };
  const fetch = (/** @type {any} */ request) => {
    const { pathname } = new URL(request.url ?? request, ORIGIN);
    asked.push(pathname);
    if (!phone.network) return Promise.reject(new TypeError("no network"));
    const isThere = !pathname.startsWith("/static/") || pathname.includes(phone.build);
    const text = pathname === "/offline" ? `offline page of /static/${phone.build}/` : pathname;
    return Promise.resolve(new Response(text, { status: isThere ? 200 : 404 }));
  };
  caches.fetch = fetch;
  const self = {
    SHELL: { build, addresses: [`/static/${build}/js/a.js`, `/static/${build}/css/candidate.css`] },
    location: new URL(ORIGIN),
    registration: phone,
    clients: { claim: () => Promise.resolve(), matchAll: () => Promise.resolve(phone.open) },
    skipWaiting: () => {
      phone.skipped = true;
    },
    addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) => {
      listeners[name] = listener;
    },
  };
  runInNewContext(source, { self, caches, fetch, Response, URL, URLSearchParams, Client });

  /**
   * @param {string} name
   * @param {object} [more]
   * @returns {Promise<Response | undefined>}  undefined: the worker left it alone
   */
  const tell = async (name, more = {}) => {
    /** @type {Promise<unknown>[]} */
    const work = [];
    /** @type {Promise<Response> | undefined} */
    let answer;
    listeners[name]({
      ...more,
      waitUntil: (/** @type {Promise<unknown>} */ promise) => work.push(promise),
      respondWith: (/** @type {Promise<Response>} */ promise) => {
        answer = promise;
      },
    });
    await Promise.all(work);
    return await answer;
  };
  const ask = (/** @type {string} */ path, { method = "GET", mode = "cors" } = {}) =>
    tell("fetch", { request: { url: new URL(path, ORIGIN).href, method, mode } });
  const go = (/** @type {string} */ path) => ask(path, { mode: "navigate" });
  const hear = (/** @type {any} */ data, /** @type {string} */ id) =>
    tell("message", { data, source: new Client(id) });
  return { phone, tell, ask, go, hear };
}

const name = (/** @type {string} */ build) => `shell-${build}`;
/** @param {Response | undefined} answer */
const text = async (answer) => (answer ? await answer.text() : undefined);

test("a request that is no GET is not even looked at", async () => {
  const { ask, phone } = started(BUILDS.now);
  assert.ok(await ask("/my", { mode: "navigate" }), "a GET for the same is answered");
  const before = [...phone.asked];
  for (const method of ["POST", "PUT", "DELETE", "HEAD", "PATCH"]) {
    for (const path of ["/my", "/my/photos/1", `/static/${BUILDS.now}/js/a.js`, "/offline"]) {
      assert.equal(await ask(path, { method, mode: "navigate" }), undefined, `${method} ${path}`);
    }
    const blind = {
      request: new Proxy(
        { method },
        { get: (of, key) => (key === "method" ? of.method : assert.fail(String(key))) },
      ),
    };
    await started(BUILDS.now).tell("fetch", blind);
  }
  assert.deepEqual(phone.asked, before);
});

test("photos, data, pages of staff and other sites go past it, with and without network", async () => {
  const { ask, go, phone } = started(BUILDS.now);
  for (const network of [true, false]) {
    phone.network = network;
    for (const path of [
      "/my/photos/1",
      "/my/photos/1/thumbnail",
      "/my/deadline",
      "/my",
      "/readyz",
      "/manifest.webmanifest",
    ]) {
      assert.equal(await ask(path, { mode: "no-cors" }), undefined, path);
    }
    for (const path of [
      "/my/photos/1",
      "/my/photos/1/view",
      "/review",
      "/staff",
      "/staff/people",
      "/api/v1/results",
      "/mything",
    ]) {
      assert.equal(await go(path), undefined, path);
    }
    assert.equal(await go("https://elsewhere.example/my"), undefined);
  }
  assert.deepEqual(phone.asked, []);
});

test("a page comes from the server and is not kept; without network the offline page stands in for it", async () => {
  const { tell, go, phone } = started(BUILDS.now);
  await tell("install");
  const kept = phone.caches.addresses(name(BUILDS.now));
  for (const path of ["/", "/my", "/my/materials/ID", "/my/receipt", "/help/entering", "/account"]) {
    assert.equal(await text(await go(path)), path);
    phone.network = false;
    assert.match((await text(await go(path))) ?? "", /^offline page/);
    phone.network = true;
  }
  assert.deepEqual(phone.caches.addresses(name(BUILDS.now)), kept);
  assert.deepEqual(kept, [
    "/offline",
    `/static/${BUILDS.now}/js/a.js`,
    `/static/${BUILDS.now}/css/candidate.css`,
  ]);
});

test("a file of the shell comes from the phone, any other from the server, and that is not kept", async () => {
  const { tell, ask, phone } = started(BUILDS.now);
  await tell("install");
  phone.asked.length = 0;
  assert.equal((await ask(`/static/${BUILDS.now}/js/a.js`))?.status, 200);
  assert.deepEqual(phone.asked, []);
  assert.equal((await ask(`/static/${BUILDS.now}/js/staff.js`))?.status, 200);
  assert.deepEqual(phone.asked, [`/static/${BUILDS.now}/js/staff.js`]);
  assert.equal(phone.caches.addresses(name(BUILDS.now)).length, 3);
});

test("a page of an older build finds its files until it is closed", async () => {
  const caches = new Caches();
  const before = started(BUILDS.old, caches);
  await before.tell("install");
  before.phone.open = [new Client("tab")];
  await before.hear({ build: BUILDS.old, looks: "zh-Hans" }, "tab");

  const after = started(BUILDS.now, caches);
  await after.tell("install");
  after.phone.open = [new Client("tab"), new Client("new")];
  await after.tell("activate");
  const script = `/static/${BUILDS.old}/js/a.js`;
  assert.equal(await text(await after.ask(script)), script, "the server has forgotten it");
  await after.hear({ build: BUILDS.now, looks: "zh-Hans" }, "new");
  assert.equal((await after.ask(script))?.status, 200);

  after.phone.open = [new Client("new")];
  await after.hear({ build: BUILDS.now, looks: "zh-Hans" }, "new");
  assert.equal((await after.ask(script))?.status, 404);
  assert.deepEqual([...caches.kept.keys()].sort(), ["pages", name(BUILDS.now)]);
});

test("while a page has not said of which build it is, nothing is removed", async () => {
  const caches = new Caches();
  await started(BUILDS.old, caches).tell("install");
  const after = started(BUILDS.now, caches);
  await after.tell("install");
  after.phone.open = [new Client("silent")];
  await after.tell("activate");
  assert.ok(caches.kept.has(name(BUILDS.old)));
  await after.hear({ build: BUILDS.now, looks: "" }, "silent");
  assert.equal(caches.kept.has(name(BUILDS.old)), false);
});

test("a new worker waits, and takes over when somebody goes on and no second page is open", async () => {
  const { go, tell, phone } = started(BUILDS.now);
  /** @type {any[]} */
  const told = [];
  phone.waiting = { postMessage: (/** @type {any} */ message) => told.push({ ...message }) };
  await tell("install");
  await tell("activate");
  assert.equal(phone.skipped, false);
  phone.open = [new Client("one"), new Client("two")];
  await go("/my");
  assert.deepEqual(told, []);
  phone.open = [new Client("one")];
  await go("/my");
  assert.deepEqual(told, [{ takeOver: true }]);
  const next = started(BUILDS.next, phone.caches);
  await next.hear({ takeOver: true }, "one");
  assert.equal(next.phone.skipped, true);
});

test("the offline page follows the language, and never names files of another build", async () => {
  const { tell, hear, phone } = started(BUILDS.now);
  await tell("install");
  const pages = () =>
    phone.caches
      .addresses(name(BUILDS.now))
      .filter((/** @type {string} */ one) => one.startsWith("/offline"));
  await hear({ build: BUILDS.now, looks: "en large" }, "tab");
  assert.deepEqual(pages(), ["/offline?looks=en+large"]);
  phone.asked.length = 0;
  await hear({ build: BUILDS.now, looks: "en large" }, "tab");
  assert.deepEqual(phone.asked, [], "it is there");
  phone.build = BUILDS.next;
  await hear({ build: BUILDS.now, looks: "zh-Hant" }, "tab");
  assert.deepEqual(pages(), ["/offline?looks=en+large"], "the server has another build by now");
});

test("an installation that breaks off is taken up where it was, and one of another build fails", async () => {
  const { tell, phone } = started(BUILDS.now);
  const whole = phone.caches.fetch;
  phone.caches.fetch = (/** @type {any} */ address) =>
    String(address).endsWith(".css") ? Promise.reject(new TypeError("lost")) : whole(address);
  await assert.rejects(tell("install"));
  phone.caches.fetch = whole;
  phone.asked.length = 0;
  await tell("install");
  assert.deepEqual(phone.asked, ["/offline", `/static/${BUILDS.now}/css/candidate.css`]);
  phone.build = BUILDS.next;
  await assert.rejects(tell("install"), /another build/);
});

test("what stands in for a broken worker removes all that it kept, and itself", async () => {
  const off = readFileSync(new URL("../../static/js/service-worker-off.js", import.meta.url), "utf8");
  const caches = new Caches();
  await started(BUILDS.now, caches).tell("install");
  /** @type {Record<string, (event: any) => void>} */
  const listeners = {};
  const gone = { skipped: false, unregistered: false };
  const self = {
    skipWaiting: () => {
      gone.skipped = true;
    },
    registration: { unregister: () => Promise.resolve(Object.assign(gone, { unregistered: true })) },
    addEventListener: (/** @type {string} */ event, /** @type {any} */ listener) => {
      listeners[event] = listener;
    },
  };
  runInNewContext(off, { self, caches });
  assert.deepEqual(Object.keys(listeners), ["install", "activate"], "it answers nothing");
  listeners.install({});
  /** @type {Promise<unknown> | undefined} */
  let work;
  listeners.activate({ waitUntil: (/** @type {Promise<unknown>} */ promise) => (work = promise) });
  await work;
  assert.deepEqual([gone, caches.kept.size], [{ skipped: true, unregistered: true }, 0]);
});
