// The browser test: the real service, simulated venues, Chromium. `--shots DIR` also keeps a picture of each page (`--language zh-Hant`), `--only A,B` runs some flows.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { equal, launch } from "./browser.mjs";
import * as flow from "./flows.mjs";
import { fitAPhone } from "./phone.mjs";
import { Server } from "./server.mjs";

const shots = process.argv[process.argv.indexOf("--shots") + 1];
const language = process.argv.includes("--language") ? process.argv[process.argv.indexOf("--language") + 1] : "en";
const only = (process.argv[process.argv.indexOf("--only") + 1] ?? "").split(",");
const wants = (name) => process.argv.includes(`--${name}`);

const FLOWS = [
  flow.watchAnOpportunity,
  flow.execute,
  flow.editAPair,
  flow.placeAnOrder,
  flow.protectAPosition,
  flow.runATwap,
  flow.changeALimit,
  flow.killAndReset,
  flow.surviveARestart,
  flow.readTheLog,
  flow.beRefusedAsViewer,
  flow.addAKey,
  flow.readTheAudit,
  flow.changeTheLook,
  flow.useTheKeyboard,
  flow.beAccessible,
  fitAPhone,
];

async function takeShots(page, server, folder) {
  await mkdir(folder, { recursive: true });
  for (const [width, theme] of [[1280, "dark"], [390, "light"]]) {
    await page.setViewportSize({ width, height: width === 1280 ? 900 : 844 });
    await page.evaluate((look) => localStorage.setItem("tidegate.appearance", look), JSON.stringify({ theme, language }));
    for (const path of flow.PAGES) {
      await page.goto(server.base + path);
      await page.locator(".page-title").waitFor();
      await page.waitForTimeout(6_000);
      const name = path === "/" ? "dashboard" : path.slice(1);
      await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: false });
    }
  }
}

const server = await (await Server.make()).start();
const browser = await launch();
let page;
try {
  page = await flow.logInByLink({ browser, server });
  console.log("ok logInByLink");
  for (const run of FLOWS) {
    if (wants("only") && !only.includes(run.name)) continue;
    const began = Date.now();
    await run({ page, browser, server });
    equal(page.faults, [], `faults of the page after ${run.name}`);
    console.log(`ok ${run.name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  }
  if (wants("shots")) await takeShots(page, server, shots);
} catch (error) {
  await page?.screenshot({ path: join(server.home, "..", "tidegate-e2e-failed.png") }).catch(() => undefined);
  console.error(error);
  console.error(server.said.split("\n").filter((line) => /"level":"(error|warning)"/.test(line)).slice(-5).join("\n"));
  process.exitCode = 1;
} finally {
  await browser.close();
  await server.stop();
}
