/** Shrinks files in Firefox, driven over WebDriver BiDi: node in_firefox.mjs PROGRAM URL PATH…; prints a JSON line for each. */

import puppeteer from "puppeteer-core";

const [program, url, ...paths] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: program,
  headless: true,
  protocol: "webDriverBiDi",
});
try {
  const page = await browser.newPage();
  await page.goto(url);
  for (const path of paths) {
    const result = await page.evaluate(async (from) => {
      const { shrinkPhoto } = await import("/static/js/imaging/shrink.js");
      const file = await (await fetch(from)).blob();
      try {
        const { blob, width, height, engine } = await shrinkPhoto(file);
        const bytes = new Uint8Array(await blob.arrayBuffer());
        let text = "";
        for (let at = 0; at < bytes.length; at += 8192)
          text += String.fromCharCode(...bytes.subarray(at, at + 8192));
        return { data: btoa(text), type: blob.type, width, height, engine };
      } catch (error) {
        return { code: error.code ?? String(error), name: error.name };
      }
    }, path);
    process.stdout.write(`${JSON.stringify({ path, ...result })}\n`);
  }
} finally {
  await browser.close();
}
