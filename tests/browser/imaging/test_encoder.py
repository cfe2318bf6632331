"""The JPEG encoder in a real browser: compiled where the policy lets it be, and read by the browser's own decoder."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.imaging.photo_site import serving

ENCODE = """async () => {
  const { openEncoder } = await import("/static/js/imaging/encoder/encoder.js");
  const [width, height] = [240, 144];
  // Red, green, blue and white quarters; stored lying on its side, so that the green one is to be shown first.
  const colours = [[220, 30, 40], [30, 160, 60], [40, 60, 200], [250, 250, 250]];
  const source = () => ({
    width, height, orientation: 8, order: "rgba", grey: false, even: false, close() {},
    readRows(top, rows, target) {
      for (let i = 0; i < rows * width; i += 1) {
        const [x, y] = [i % width, top + Math.floor(i / width)];
        target.set(colours[2 * (y >= height / 2) + (x >= width / 2)], 4 * i);
      }
    },
  });
  const encoder = await openEncoder();
  const shown = {};
  const files = [];
  for (const progressive of [false, true]) {
    const { bytes } = await encoder.encode(source(), { maxBytes: 20000, progressive });
    const image = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const quarter = (x, y) =>
      Array.from(context.getImageData(x * image.width, y * image.height, 1, 1).data.subarray(0, 3));
    shown[progressive] = [quarter(0.25, 0.25), quarter(0.75, 0.25), quarter(0.25, 0.75), quarter(0.75, 0.75)];
    files.push([image.width, image.height, ...bytes]);
  }
  return { kind: encoder.kind, shown, files };
}"""
GREEN, WHITE, RED, BLUE = (30, 160, 60), (250, 250, 250), (220, 30, 40), (40, 60, 200)


def test_the_browser_compiles_it_or_takes_plain_script_and_shows_the_same_upright_picture(
    browser: Browser,
) -> None:
    with serving() as site:
        found = {}
        # The page's policy refuses WebAssembly; without the policy it is compiled.
        for bypass in (False, True):
            context = browser.new_context(base_url=site.url, bypass_csp=bypass)
            page = context.new_page()
            page.goto("/")
            found[bypass] = page.evaluate(ENCODE)
            context.close()
    assert [found[bypass]["kind"] for bypass in (False, True)] == ["plain", "wasm"]
    assert found[False]["files"] == found[True]["files"]
    for width, height, *_ in found[True]["files"]:
        assert (width, height) == (144, 240)
    for mode in ("false", "true"):
        for shown, expected in zip(found[True]["shown"][mode], (GREEN, WHITE, RED, BLUE), strict=True):
            assert all(abs(a - b) <= 4 for a, b in zip(shown, expected, strict=True)), (mode, shown, expected)
