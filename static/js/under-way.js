/** What each page of the app watches while photos may be under way. Loaded after the photos' own way has begun. */

import { warnOfDeadline } from "./deadline-warning.js";
import { warnOnLeaving } from "./leaving.js";
import { watchUnsent } from "./unsent-bar.js";

/**
 * @param {import("./outbox/outbox.js").Outbox} outbox
 * @param {DOMStringMap} page  data-person, -stands, -closes-in
 */
export function watchUnderWay(outbox, page) {
  // The list says it by itself, above and in each row.
  if (!document.getElementById("own-list")) watchUnsent(outbox);
  warnOnLeaving(outbox);
  warnOfDeadline(page);
}
