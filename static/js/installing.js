/** The service worker, where the browser has one. Nothing depends on it: inside WeChat on iOS there is none. */

import { serviceWorkerAddress } from "./server/policy.js";

/** The build that this page is made of. */
const [, BUILD = ""] = /\/static\/([0-9a-f]+)\//.exec(import.meta.url) ?? [];

async function install() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(serviceWorkerAddress(), { scope: "/", updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  const { lang, dataset } = document.documentElement;
  active?.postMessage({ build: BUILD, looks: [lang, dataset.text ?? "", dataset.theme ?? ""].join(" ") });
}

install().catch(() => undefined);
