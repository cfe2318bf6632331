/**
 * A candidate's way in Firefox, over WebDriver BiDi: from the ticket to the first photo on the server, or, with
 * `--to-the-end`, through every material to handing in.
 *
 * node firefox.js FIREFOX SITE PERSON PASSWORD PHOTO [--to-the-end]
 *
 * SITE is the registration site's address, PERSON a registration number that is not activated, PHOTO a JPEG file with
 * EXIF orientation 6. Writes one line of JSON: { engine, photo, width, height, corners, problems, handedIn }; `corners` are the
 * colours of the stored picture's corners, clockwise from top left.
 */

import puppeteer from "puppeteer-core";

const [, , firefox, site, person, password, photo, more] = process.argv;

/** @type {string[]} */
const problems = [];
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: firefox,
  headless: true,
  extraPrefsFirefox: { "intl.accept_languages": "zh-CN" },
});
const page = await browser.newPage();
page.on("pageerror", (error) => problems.push(String(error)));
page.on("console", (said) => {
  if (said.type() === "error") problems.push(said.text());
});
await page.setViewport({ width: 390, height: 844 });

/** @param {string} selector */
async function press(selector) {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

/** @param {string} slots  a selector @param {string} state */
const arrive = (slots, state) =>
  page.waitForFunction(
    (selector, wanted) => document.querySelector(selector)?.getAttribute("state") === wanted,
    { timeout: 60_000 },
    slots,
    state,
  );

async function comeIn() {
  await page.goto(`${site}/people/${person}`);
  await page.click("form button");
  await page.waitForFunction(() => location.pathname === "/activate", { timeout: 30_000 });
  await page.type("#password", password);
  await page.type("#password_again", password);
  await page.select("[name=question_1]", "primary_school");
  await page.type("[name=answer_1]", "示例路小学");
  await page.select("[name=question_2]", "first_ward");
  await page.type("[name=answer_2]", "心血管内科");
  await page.click("[name=pledges]");
  await page.click("[name=consent]");
  await press("main form .button--primary");
}

/** Chooses the photo for the next place; true while there was one that must be filled. */
async function addOne() {
  const slot = await page.evaluate(
    () => document.querySelector("photo-slot[state=empty]")?.getAttribute("slot") ?? "",
  );
  if (!slot) return false;
  const before = (await page.$$("photo-slot[state=arrived]")).length;
  const input = await page.waitForSelector(".actions input[data-album]");
  await input.uploadFile(photo);
  await page.waitForFunction(
    (count) => document.querySelectorAll("photo-slot[state=arrived]").length > count,
    { timeout: 60_000 },
    before,
  );
  return true;
}

/** Size and corners of the picture that the server holds. */
async function stored() {
  const address = await page.$eval("photo-slot[slot=front]", (slot) => slot.getAttribute("photo"));
  const seen = await page.evaluate(async (id) => {
    const picture = await createImageBitmap(await (await fetch(`/my/photos/${id}`)).blob());
    const canvas = document.createElement("canvas");
    canvas.width = picture.width;
    canvas.height = picture.height;
    const pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0);
    const [right, bottom] = [picture.width - 20, picture.height - 20];
    const corners = [
      [20, 20],
      [right, 20],
      [right, bottom],
      [20, bottom],
    ].map(([x, y]) => [...pen.getImageData(x, y, 1, 1).data.slice(0, 3)]);
    return { width: picture.width, height: picture.height, corners };
  }, address);
  return { photo: address, ...seen };
}

/** Fills what must be filled, material by material, and hands in. */
async function goOn() {
  for (;;) {
    await page.goto(new URL("/my", page.url()).href);
    const next = await page.$("[data-section=missing] a.row");
    if (!next) break;
    await Promise.all([page.waitForNavigation(), next.click()]);
    while (await addOne());
  }
  await page.goto(new URL("/my/submission", page.url()).href);
  await press("form[action='/my/submission'] button");
  return (await page.$("form[action='/my/submission/recall']")) !== null;
}

try {
  await comeIn();
  await page.goto(new URL("/my/materials/ID", page.url()).href);
  await page.waitForSelector("photo-picker:defined .pick__input");
  await addOne();
  await arrive("photo-slot[slot=front]", "arrived");
  const seen = await stored();
  const handedIn = more === "--to-the-end" ? await goOn() : false;
  console.log(JSON.stringify({ engine: await browser.version(), ...seen, problems, handedIn }));
} finally {
  await browser.close();
}
