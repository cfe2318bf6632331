import assert from "node:assert/strict";
import { test } from "node:test";
import { delayAfter } from "../../static/js/outbox/backoff.js";
import { Refused, restSeconds, SignedOut, Unreachable, understand } from "../../static/js/server/answers.js";

/**
 * @param {number} status
 * @param {unknown} body
 * @param {string | null} [retryAfter]
 */
const reply = (status, body, retryAfter = null) => ({
  status,
  text: typeof body === "string" ? body : JSON.stringify(body),
  retryAfter,
});

test("our server's word is taken, with its code and sentence", () => {
  assert.deepEqual(understand(reply(201, { photo: { id: "a" } })), {
    status: 201,
    body: { photo: { id: "a" } },
  });
  const error = { error: { code: "locked", sentence: "已锁定。" } };
  for (const status of [400, 404, 409, 410, 413, 415, 422, 423]) {
    assert.throws(
      () => understand(reply(status, error)),
      (thrown) => thrown instanceof Refused && thrown.code === "locked" && thrown.sentence === "已锁定。",
    );
  }
  assert.throws(() => understand(reply(401, { error: { code: "signed_out" } })), SignedOut);
  assert.throws(
    () => understand(reply(403, { error: { code: "http.403" } })),
    SignedOut,
    "staff came after us",
  );
});

test("a busy server is asked again, no sooner than it says", () => {
  for (const status of [429, 500, 502, 503]) {
    assert.throws(
      () => understand(reply(status, { error: { code: "busy", sentence: "" } }, "7")),
      (thrown) => thrown instanceof Unreachable && thrown.seconds === 7,
    );
  }
});

test("pages of hotel networks and proxies are no answer of ours", () => {
  const page = "<!doctype html><title>Welcome</title>";
  for (const status of [0, 200, 302, 401, 403, 404, 511]) {
    assert.throws(() => understand(reply(status, page)), Unreachable, String(status));
  }
  assert.throws(() => understand(reply(200, "null")), Unreachable);
  assert.throws(() => understand(reply(413, page)), Refused);
});

test("Retry-After is read as seconds and as a date, and bounded", () => {
  const now = Date.parse("2020-05-06T15:59:00Z");
  assert.equal(restSeconds("12", now), 12);
  assert.equal(restSeconds("Wed, 06 May 2020 15:59:30 GMT", now), 30);
  assert.equal(restSeconds("99999", now), 600);
  for (const header of [null, "", "soon", "-3", "Wed, 06 May 2020 15:58:00 GMT"]) {
    assert.equal(restSeconds(header, now), 0);
  }
});

test("waiting grows from one second to sixty and differs from phone to phone", () => {
  const middle = () => 0.5;
  assert.deepEqual(
    [1, 2, 3, 6, 7, 50].map((tries) => delayAfter(tries, 0, middle) / 1000),
    [1, 2, 4, 32, 60, 60],
  );
  assert.equal(
    delayAfter(3, 0, () => 0),
    3000,
  );
  assert.equal(
    delayAfter(3, 0, () => 1),
    5000,
  );
  assert.ok(delayAfter(1, 30, () => 0) >= 30000);
});
