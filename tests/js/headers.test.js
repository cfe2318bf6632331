import assert from "node:assert/strict";
import { test } from "node:test";
import { readHeader, unturnedParts } from "../../static/js/imaging/headers.js";
import { planStrip } from "../../static/js/imaging/strip.js";
import {
  chunk,
  comment,
  exif,
  frame,
  header,
  jfif,
  jpeg,
  png,
  scan,
  seeded,
  segment,
  tiff,
} from "./pictures.js";

test("the size and orientation of a JPEG are read in both byte orders", () => {
  for (const little of [true, false]) {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const read = readHeader(jpeg(jfif, exif(orientation, little), frame(4032, 3024), scan));
      assert.equal(read.type, "jpeg");
      assert.deepEqual([read.width, read.height, read.orientation], [4032, 3024, orientation]);
    }
  }
});

test("a progressive frame and its components are seen", () => {
  const read = readHeader(jpeg(frame(10, 20, { marker: 0xc2, components: 4 }), scan));
  assert.deepEqual([read.progressive, read.components], [true, 4]);
  assert.equal(readHeader(jpeg(frame(10, 20), scan)).progressive, false);
});

test("an orientation outside 1 to 8, or of another type than browsers accept, is upright", () => {
  assert.equal(readHeader(jpeg(exif(9), frame(4, 3), scan)).orientation, 1);
  const asLong = exif(6);
  asLong[exif(6).indexOf(3, 20)] = 4;
  assert.equal(readHeader(jpeg(asLong, frame(4, 3), scan)).orientation, 1);
});

test("the first of two orientations counts, and both are taken out", () => {
  const bytes = jpeg(exif(6), exif(3), frame(4, 3), scan);
  const read = readHeader(bytes);
  assert.equal(read.orientation, 6);
  const unturned = Uint8Array.from(unturnedParts(bytes, read).flatMap((part) => [...part]));
  assert.equal(unturned.length, bytes.length);
  assert.equal(readHeader(unturned).orientation, 1);
});

test("a PNG tells its size, and its orientation chunk is cut whole", () => {
  const bytes = png(header(300, 200), chunk("eXIf", tiff(8)), chunk("IDAT", [1]), chunk("IEND", []));
  const read = readHeader(bytes);
  assert.deepEqual([read.type, read.width, read.height, read.orientation], ["png", 300, 200, 8]);
  const unturned = Uint8Array.from(unturnedParts(bytes, read).flatMap((part) => [...part]));
  assert.deepEqual(unturned, png(header(300, 200), chunk("IDAT", [1]), chunk("IEND", [])));
});

test("other types are told by their bytes, whatever their names say", () => {
  const starts = {
    heic: "\0\0\0\x18ftypheic",
    avif: "\0\0\0\x18ftypavif",
    webp: "RIFF\0\0\0\0WEBP",
    gif: "GIF89a",
    bmp: "BM",
    unknown: "<svg xmlns=",
  };
  for (const [type, start] of Object.entries(starts)) {
    assert.equal(readHeader(Uint8Array.from(start, (letter) => letter.charCodeAt(0))).type, type);
  }
});

test("cut and damaged files are read without an exception", () => {
  const random = seeded(2020);
  const whole = [
    jpeg(jfif, exif(6), comment, frame(4032, 3024), segment(0xc4, [0, 1, 2]), scan, scan),
    png(
      header(300, 200),
      chunk("eXIf", tiff(8)),
      chunk("tEXt", [65, 0, 66]),
      chunk("IDAT", [1]),
      chunk("IEND", []),
    ),
  ];
  let changed = 0;
  for (const bytes of whole) {
    for (let length = 0; length <= bytes.length; length += 1) {
      readHeader(bytes.slice(0, length));
      planStrip(bytes.slice(0, length));
    }
    for (let round = 0; round < 20000; round += 1) {
      const damaged = bytes.slice(0, 1 + Math.floor(random() * bytes.length));
      for (let hit = 0; hit < 3; hit += 1) {
        damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      }
      const read = readHeader(damaged);
      planStrip(damaged);
      assert.ok(read.orientation >= 1 && read.orientation <= 8);
      for (const { start, end } of read.turnedBy)
        assert.ok(start >= 0 && start < end && end <= damaged.length);
      if (read.width !== 4032 && read.width !== 300) changed += 1;
    }
  }
  assert.ok(changed > 1000, "the damage must reach what is read for this test to mean anything");
});

test("random bytes behind a true beginning are read without an exception", () => {
  const random = seeded(7);
  for (let round = 0; round < 5000; round += 1) {
    const bytes = Uint8Array.from({ length: 8 + Math.floor(random() * 300) }, () =>
      Math.floor(random() * 256),
    );
    bytes.set(round % 2 ? [0xff, 0xd8, 0xff, 0xe1] : [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    readHeader(bytes);
    planStrip(bytes);
  }
});
