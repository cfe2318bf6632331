import assert from "node:assert/strict";
import { test } from "node:test";
import { planStrip, stripMetadata } from "../../static/js/imaging/strip.js";
import { chunk, comment, exif, frame, header, jfif, jpeg, png, scan, segment, tiff } from "./pictures.js";

const text = (/** @type {string} */ words) => Array.from(words, (letter) => letter.charCodeAt(0));

/**
 * @param {Uint8Array | null} bytes
 * @param {string} words
 */
const holds = (bytes, words) => Buffer.from(bytes ?? []).includes(words);

test("position, comments, profiles and trailing pictures leave a JPEG, what decodes it stays", () => {
  const tables = [...segment(0xdb, [0, ...Array(64).fill(1)]), ...segment(0xc4, [0, 1])];
  const profile = segment(0xe2, text("ICC_PROFILE secret"));
  const bytes = Uint8Array.from([
    ...jpeg(jfif, exif(1), profile, comment, tables, frame(8, 8), scan),
    ...text("trailer"),
  ]);
  assert.ok(holds(bytes, "home") && holds(bytes, "secret") && holds(bytes, "trailer"));

  const clean = stripMetadata(bytes);

  const plain = [...segment(0xe0, [...text("JFIF"), 0, 1, 1, 0, 0, 1, 0, 1, 0, 0])];
  assert.deepEqual(clean, jpeg(plain, tables, frame(8, 8), scan));
});

test("data of several scans stay byte for byte, with their restart markers", () => {
  const bytes = jpeg(frame(8, 8, { marker: 0xc2 }), scan, segment(0xc4, [0, 9]), scan);
  assert.deepEqual(stripMetadata(bytes), bytes);
  assert.equal(planStrip(bytes)?.scans, 2);
});

test("a thumbnail in JFIF goes and the colour transform of Adobe stays", () => {
  const withThumbnail = segment(0xe0, [...text("JFIF"), 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 9, 9, 9]);
  const adobe = segment(0xee, [...text("Adobe"), 0, 100, 0, 0, 0, 0, 2]);
  const talkative = segment(0xee, [...text("Adobe"), 0, 100, 0, 0, 0, 0, 2, ...text("home")]);
  const clean = stripMetadata(jpeg(withThumbnail, talkative, frame(8, 8), scan));
  assert.ok(clean && Buffer.from(clean).includes(Buffer.from(adobe)));
  assert.ok(!holds(clean, "home"));
  assert.ok(!Buffer.from(clean).includes(Buffer.from([9, 9, 9])));
});

test("a JPEG that ends too early is no whole picture", () => {
  const bytes = jpeg(frame(8, 8), scan);
  assert.ok(stripMetadata(bytes));
  for (let cut = 1; cut < bytes.length; cut += 1) assert.equal(stripMetadata(bytes.slice(0, -cut)), null);
});

test("texts, times, animation and orientation leave a PNG, transparency and colour facts stay", () => {
  const kept = [chunk("gAMA", [0, 0, 1, 2]), chunk("PLTE", [1, 2, 3]), chunk("tRNS", [7])];
  const lost = [chunk("tEXt", text("Author\0home")), chunk("eXIf", tiff(1)), chunk("acTL", Array(8).fill(1))];
  const end = [chunk("IDAT", [1, 2]), chunk("IEND", [])];
  const whole = png(header(4, 4), ...kept, ...lost, ...end);
  assert.ok(holds(whole, "home"));
  assert.deepEqual(stripMetadata(whole), png(header(4, 4), ...kept, ...end));
  assert.ok(!holds(stripMetadata(png(header(4, 4), chunk("sRGB", text("home")), ...end)), "home"));
});

test("what follows the end of a PNG goes, and a PNG without an end is none", () => {
  const bytes = png(header(4, 4), chunk("IDAT", [1]), chunk("IEND", []));
  assert.deepEqual(stripMetadata(Uint8Array.from([...bytes, ...text("trailer")])), bytes);
  assert.equal(stripMetadata(bytes.slice(0, -1)), null);
  assert.equal(
    stripMetadata(png(header(4, 4), chunk("ABCD", [1]), chunk("IDAT", [1]), chunk("IEND", []))),
    null,
  );
  assert.equal(stripMetadata(png(chunk("IDAT", [1]), chunk("IEND", []))), null);
});

test("other files cannot be stripped", () => {
  assert.equal(stripMetadata(Uint8Array.from(text("GIF89a"))), null);
  assert.equal(stripMetadata(new Uint8Array(0)), null);
});
