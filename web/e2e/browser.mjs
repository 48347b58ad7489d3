// Debian's Chromium, and what every flow needs of a page.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const WAIT_MS = 30_000;
// A killed server is part of the test, a refusal of a viewer too.
const EXPECTED = /Failed to load resource|WebSocket connection|ERR_CONNECTION/;

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

/** A page in a profile of its own; what goes wrong in it is kept in `faults`. */
export async function open(browser, { width = 1280, height = 860, appearance = { theme: "dark" } } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: "en-GB", reducedMotion: "reduce" });
  await context.addInitScript((look) => {
    if (localStorage.getItem("tidegate.appearance") === null) localStorage.setItem("tidegate.appearance", look);
  }, JSON.stringify(appearance));
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(error.stack ?? String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !EXPECTED.test(message.text())) page.faults.push(message.text());
  });
  return page;
}

export function equal(found, wanted, what) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a} is not ${b}`);
}

export function truth(fact, what) {
  if (!fact) throw new Error(what);
}

/** Waits until the text of `locator` is another one. */
export async function changes(page, locator, what) {
  const before = await locator.innerText();
  const deadline = Date.now() + WAIT_MS;
  while (Date.now() < deadline) {
    if ((await locator.innerText()) !== before) return;
    await page.waitForTimeout(200);
  }
  throw new Error(`${what} stays ${before}`);
}

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Serious and critical findings of the accessibility check, as lines. */
export async function axe(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary?.split("\n")[1] ?? ""}`));
}
