import assert from "node:assert/strict";
import { test } from "node:test";
import { isFresh } from "../../static/js/outbox/last-seen.js";

const HOUR = 3600 * 1000;

test("a list that was seen longer ago than a session can last is not shown", () => {
  const at = Date.UTC(2020, 4, 6, 12);
  assert.equal(isFresh({ at }, at), true);
  assert.equal(isFresh({ at }, at + 12 * HOUR - 1), true);
  assert.equal(isFresh({ at }, at + 12 * HOUR), false);
  assert.equal(isFresh({ at }, at - HOUR), false, "a clock that was put back proves nothing");
});
