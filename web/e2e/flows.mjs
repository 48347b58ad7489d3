// What a person does, from the printed link on. Each flow leaves the page logged in and trading on.
import { axe, changes, equal, open, truth } from "./browser.mjs";

export const PAGES = ["/", "/arbitrage", "/twap", "/orders", "/risk", "/log", "/settings"];
const FIRST_LOAD_BYTES_MAX = 500 * 1024;
const VIEWER = { username: "watcher", password: "only watching here" };

const go = (page, name) => page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
const panel = (page, title) => page.locator(".panel", { has: page.getByRole("heading", { name: title, exact: true }) });
const dialog = (page) => page.getByRole("dialog");

/** The link logs in, is gone from the address, and leads to a dashboard that moves; little was loaded for it. */
export async function logInByLink({ browser, server }) {
  const page = await open(browser);
  let bytes = 0;
  page.on("response", async (response) => {
    const path = new URL(response.url()).pathname;
    if (path.startsWith("/assets/") && !/uPlot|chart/i.test(path)) bytes += Number(response.headers()["content-length"] ?? 0);
  });
  await page.goto(await server.link());
  await page.getByRole("heading", { name: "Dashboard", exact: true }).waitFor();
  // A press is answered: the confirmation of the kill switch opens, and is left.
  await page.getByRole("button", { name: "Stop trading" }).click();
  await page.getByRole("button", { name: "Keep trading" }).waitFor();
  const interactiveMs = await page.evaluate(() => Math.round(performance.now()));
  await page.getByRole("button", { name: "Keep trading" }).click();
  truth(!page.url().includes("login"), `the token stands in the address: ${page.url()}`);
  await page.getByText("SIMULATED").first().waitFor();
  await panel(page, "Latest executions").getByText("hedged").first().waitFor();
  truth(bytes > 0 && bytes <= FIRST_LOAD_BYTES_MAX, `the first load takes ${bytes} bytes`);
  await changes(page, page.locator(".stat", { hasText: "Fees paid" }).locator(".stat-value"), "the dashboard");
  console.log(`   first load: ${Math.round(bytes / 1024)} KiB, interactive after ${interactiveMs} ms, the log-in included`);
  return page;
}

export async function watchAnOpportunity({ page }) {
  await go(page, "Arbitrage");
  const rows = panel(page, "Opportunities").locator("tbody tr.ant-table-row");
  await rows.first().waitFor();
  truth((await rows.count()) >= 4, "every pair that can be priced has its rows");
  await changes(page, rows.first(), "the best opportunity");
  await panel(page, "Net spread").locator("canvas").first().waitFor();
  const depth = panel(page, "Depth of both books");
  await changes(page, depth.locator(".touch").first(), "the book");
}

/** By hand: preview, confirm, both legs filled, the plan's timeline tells it. */
export async function execute({ page }) {
  await panel(page, "Opportunities").getByRole("button", { name: "Execute" }).first().click();
  await dialog(page).getByText("both legs would be sent").waitFor();
  await dialog(page).getByRole("button", { name: "Send both orders" }).click();
  const outcome = dialog(page).getByTestId("outcome");
  await outcome.waitFor();
  equal(await outcome.locator(".good", { hasText: "filled" }).count(), 2, "legs filled");
  const planId = /plan_\d+/.exec(await outcome.innerText())[0];
  await dialog(page).getByRole("button", { name: "Done" }).click();
  const row = panel(page, "Executions").locator("tr", { hasText: planId });
  await row.first().waitFor();
  await row.first().getByRole("button").first().click();
  const detail = page.locator(".plan-detail").first();
  await detail.getByText("planned", { exact: true }).waitFor();
  truth((await detail.locator(".timeline li").count()) >= 5, "a timeline from decision to end");
  equal(await detail.locator(".lane").count(), 2, "a lane for each leg");
}

export async function editAPair({ page }) {
  const row = panel(page, "Pairs").locator("tr", { hasText: "binance_bybit_eth" });
  await row.getByRole("button", { name: /^Threshold/ }).click();
  const field = row.getByRole("textbox", { name: "Threshold" });
  await field.fill("0.075");
  await field.press("Enter");
  await row.getByRole("button", { name: "Threshold: 0.075 %" }).waitFor();
}

/** `search`: typed first, as a long list only holds what is in sight. */
async function pick(page, label, text, search = "") {
  await dialog(page).getByLabel(label, { exact: true }).click();
  if (search !== "") await dialog(page).getByLabel(label, { exact: true }).fill(search);
  await page.locator(".ant-select-item-option", { hasText: text }).first().click();
}

/** A single order: typed wrong and said so, previewed, confirmed, followed to its fill. */
export async function placeAnOrder({ page }) {
  await go(page, "Orders & positions");
  await page.getByRole("button", { name: "New order" }).click();
  await pick(page, "Instrument", "ETHUSDT · bybit linear", "ETHUSDT");
  await pick(page, "Kind", "market");
  await dialog(page).getByLabel("Quantity", { exact: true }).fill("0.1005");
  await dialog(page).getByText("The quantity is no whole step of the instrument.").waitFor();
  await dialog(page).getByLabel("Quantity", { exact: true }).fill("0.5");
  await dialog(page).getByRole("button", { name: "Preview" }).click();
  const preview = dialog(page).getByTestId("preview");
  await preview.getByText("ETHUSDT").waitFor();
  truth(/buy 0\.50* ETH/.test((await preview.innerText()).replace(/\s+/g, " ")), `the preview says what is sent: ${await preview.innerText()}`);
  await dialog(page).getByRole("button", { name: "Send order" }).click();
  const sent = dialog(page).getByTestId("sent");
  await sent.getByText("filled", { exact: true }).waitFor();
  const orderId = (await sent.locator("p").first().innerText()).split(/\s/)[0];
  await dialog(page).getByRole("button", { name: "Done" }).click();
  await page.locator("tr", { hasText: orderId }).first().waitFor();
}

/** The position just opened, which no pair trades, is guarded, its levels are changed, and the guard is taken away. */
export async function protectAPosition({ page }) {
  await go(page, "Orders & positions");
  const position = panel(page, "Positions").locator("tr", { hasText: "ETHUSDT bybit linear" });
  await position.getByRole("button", { name: "Protect" }).click();
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await dialog(page).getByText("A stop, a target or a trail is needed.").waitFor();
  await dialog(page).getByLabel("Trail", { exact: true }).fill("40");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  const row = panel(page, "Protections").locator("tr", { hasText: "armed" }).first();
  await row.getByText(/^40\s%$/).waitFor();
  await row.getByRole("button", { name: "Edit" }).click();
  await dialog(page).getByLabel("Trail", { exact: true }).fill("35");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await row.getByText(/^35\s%$/).waitFor();
  await row.getByRole("button", { name: "Delete" }).click();
  await page.locator(".ant-popover").getByRole("button", { name: "Delete" }).click();
  await panel(page, "Protections").locator("tr", { hasText: "removed" }).first().waitFor();
}

/** Create with an estimate, see it run, pause, change, go on, cancel. */
export async function runATwap({ page }) {
  await go(page, "TWAP plans");
  await page.getByRole("button", { name: "New TWAP plan" }).click();
  await dialog(page).getByLabel("Name", { exact: true }).fill("slow buy");
  await pick(page, "Leg 1", "BTCUSDT · binance spot");
  await dialog(page).getByLabel("Total quantity").fill("0.5");
  await dialog(page).getByLabel("Quantity per slice").fill("0.6");
  await dialog(page).getByText("A slice is larger than the whole.").waitFor();
  await dialog(page).getByLabel("Quantity per slice").fill("0.01");
  await dialog(page).getByLabel("Interval").fill("0.5");
  await dialog(page).locator(".stat", { hasText: "Slices" }).getByText("50", { exact: true }).waitFor();
  await dialog(page).getByRole("button", { name: "Create" }).click();
  const row = page.locator("tr", { hasText: "slow buy" }).first();
  await row.getByText("running").waitFor();
  await changes(page, row.locator("td", { hasText: "/ 50" }).first(), "the slices done");
  await row.getByRole("button", { name: "Pause" }).click();
  await row.getByText("paused").waitFor();
  await row.getByRole("button", { name: "Edit" }).click();
  truth(await dialog(page).getByLabel("Leg 1", { exact: true }).isDisabled(), "legs stay once anything was traded");
  await dialog(page).getByLabel("Total quantity").fill("0.4");
  await dialog(page).getByRole("button", { name: "Save" }).click();
  await dialog(page).waitFor({ state: "detached" });
  await row.locator("td", { hasText: /\/ 0\.40* BTC/ }).first().waitFor();
  await row.getByRole("button", { name: "Resume" }).click();
  await row.getByText("running").waitFor();
  await row.getByRole("button", { name: "Cancel plan" }).click();
  await page.locator(".ant-popover").getByRole("button", { name: "Cancel plan" }).click();
  await row.getByText("cancelled").waitFor();
}

export async function changeALimit({ page }) {
  await go(page, "Risk");
  const row = panel(page, "Limits").locator("tr", { hasText: "Notional of an order" });
  await row.getByRole("button").click();
  await dialog(page).getByRole("textbox", { name: "New value" }).fill("19000.5");
  await dialog(page).getByRole("button", { name: "Change limit" }).click();
  await row.getByText("19,000.5").waitFor();
}

/** The stop is confirmed, stands on every page, and is lifted again. */
export async function killAndReset({ page }) {
  await page.getByRole("button", { name: /Stop trading/ }).click();
  await dialog(page).getByText("enabled pairs").waitFor();
  await dialog(page).getByLabel("Reason, for the log").fill("browser test");
  await dialog(page).getByRole("button", { name: "Stop trading" }).click();
  const banner = page.locator(".banner", { hasText: "Trading is stopped (reduce only)" });
  await banner.waitFor();
  await banner.getByText("browser test").waitFor();
  await go(page, "Dashboard");
  await banner.waitFor();
  await banner.getByRole("button", { name: "Lift the stop" }).click();
  await dialog(page).getByRole("button", { name: "Lift the stop" }).click();
  await banner.waitFor({ state: "detached" });
  await changes(page, panel(page, "Latest executions").locator("tbody"), "trading after the stop was lifted");
}

/** The process is killed and started anew: the page says so, comes back by itself, loses and doubles nothing. */
export async function surviveARestart({ page, server }) {
  await go(page, "Arbitrage");
  const plans = panel(page, "Executions").locator("tbody tr.ant-table-row");
  await plans.first().waitFor();
  await server.kill();
  await page.locator(".banner", { hasText: "Not live since" }).waitFor();
  await server.start();
  await page.locator(".banner", { hasText: "Not live since" }).waitFor({ state: "detached" });
  await changes(page, plans.first(), "the newest plan after a restart");
  // The first page of the table against the server's own list: the same plans in the same order, each once.
  const shown = async () => (await plans.locator("td:nth-child(3)").allInnerTexts()).map((id) => id.trim());
  const wanted = () =>
    page.evaluate(async () => {
      const { accessToken } = JSON.parse(localStorage.getItem("tidegate.session"));
      const answer = await fetch("/api/arbitrage/plans?limit=100", { headers: { authorization: `Bearer ${accessToken}` } });
      return (await answer.json()).data.items.map((plan) => plan.planId);
    });
  const ids = await shown();
  const known = await wanted();
  equal(ids.length, new Set(ids).size, "rows doubled");
  const from = known.indexOf(ids[0]);
  const until = known.indexOf(ids.at(-1));
  truth(from >= 0 && until > from, "what is shown is what the server has");
  equal(ids, known.slice(from, until + 1), "rows lost between the first and the last shown");
}

/** The log tells what happened, filtered; the page's own events reach the server's log. */
export async function readTheLog({ page, server }) {
  await go(page, "Log");
  const rows = page.locator("tr.ant-table-row");
  await rows.first().waitFor();
  await page.getByRole("textbox", { name: "Search" }).fill("sell btcusdt");
  await page.getByText("order sent").first().waitFor();
  for (const text of (await rows.allInnerTexts()).slice(0, 5)) truth(/sell .*BTCUSDT/.test(text), `does not fit the filter: ${text}`);
  truth(/"event":"page_event".*"stream_resumed"|"name":"stream_resumed"/.test(server.said), "the page told of its reconnection");
}

/** Who may only look can look, and is refused what he may not; the server refuses it too. */
export async function beRefusedAsViewer({ page, browser, server }) {
  await go(page, "Settings");
  await page.getByRole("tab", { name: "Users" }).click();
  await page.getByRole("button", { name: "New user" }).click();
  await dialog(page).getByLabel("User", { exact: true }).fill(VIEWER.username);
  await dialog(page).getByLabel("Password", { exact: true }).fill(VIEWER.password);
  await dialog(page).getByRole("button", { name: "Create" }).click();
  await page.locator("tr", { hasText: VIEWER.username }).waitFor();

  const other = await open(browser, { width: 390, height: 844 });
  await other.goto(`${server.base}/risk`);
  await other.getByLabel("User", { exact: true }).fill(VIEWER.username);
  await other.getByLabel("Password", { exact: true }).fill(VIEWER.password);
  await other.getByRole("button", { name: "Log in" }).click();
  await other.getByRole("heading", { name: "Risk", exact: true }).waitFor();
  truth(await other.getByRole("button", { name: /Stop/ }).isDisabled(), "a viewer may not stop trading");
  truth(await panel(other, "Limits").getByRole("button").first().isDisabled(), "a viewer may not change limits");
  const status = await other.evaluate(async () => {
    const { accessToken } = JSON.parse(localStorage.getItem("tidegate.session"));
    const headers = { authorization: `Bearer ${accessToken}`, "content-type": "application/json" };
    return (await fetch("/api/risk/kill", { method: "POST", headers, body: JSON.stringify({ reason: "no" }) })).status;
  });
  equal(status, 403, "the server's answer to a viewer's kill");
  await other.getByRole("button", { name: "Open the menu" }).click();
  await go(other, "Arbitrage");
  const button = panel(other, "Opportunities").getByRole("button", { name: "Execute" }).first();
  await button.waitFor();
  truth(await button.isDisabled(), "a viewer may not execute");
  equal(other.faults, [], "faults of the viewer's page");
  await other.context().close();
}

/** Entered, tested at the venue, kept and never shown; a key that the venue does not know is refused. */
export async function addAKey({ page, server }) {
  await go(page, "Settings");
  await page.getByRole("tab", { name: "Venue keys" }).click();
  const row = page.locator("tr", { hasText: "binance" });
  await row.getByRole("button", { name: "Enter a key" }).click();
  await dialog(page).getByLabel("API key", { exact: true }).fill("nosuchkey00");
  await dialog(page).getByLabel("Secret", { exact: true }).fill("simsecret");
  await dialog(page).getByRole("button", { name: "Test and keep" }).click();
  await dialog(page).getByRole("alert").waitFor();
  await dialog(page).getByLabel("API key", { exact: true }).fill("simkey");
  await dialog(page).getByRole("button", { name: "Test and keep" }).click();
  await row.getByText("main: ••••••••").waitFor();
  await row.getByRole("button", { name: "Test permissions" }).click();
  await dialog(page).getByText("May trade: yes").waitFor();
  await dialog(page).getByText("May withdraw: no").waitFor();
  await dialog(page).getByRole("button").last().click();
  truth(!(await page.content()).includes("simsecret"), "the secret stands in the page");
  truth(!server.said.includes("simsecret"), "the secret stands in the log");
}

/** A limit that was changed, a stop and a key stand in the audit log under the name of who did it. */
export async function readTheAudit({ page }) {
  await go(page, "Log");
  await page.getByRole("tab", { name: "Audit" }).click();
  const rows = page.locator("tr.ant-table-row");
  for (const action of ["PUT /api/risk/limits", "POST /api/risk/kill", "PUT /api/settings/api"]) {
    await rows.filter({ hasText: action }).filter({ hasText: "admin" }).first().waitFor();
  }
}

/** Language, zone and theme change at once and stay over a reload. */
export async function changeTheLook({ page }) {
  await page.getByRole("button", { name: /^User / }).click();
  await page.getByText("繁體中文", { exact: true }).click();
  await page.getByRole("link", { name: "總覽" }).waitFor();
  await page.reload();
  await page.getByRole("link", { name: "總覽" }).waitFor();
  equal(await page.evaluate(() => document.documentElement.lang), "zh-Hant", "the page's language");
  await page.getByRole("button", { name: /^使用者/ }).click();
  await page.getByText("English", { exact: true }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Dashboard" }).waitFor();
}

/** From the address bar on: the tab key alone reaches the navigation and the stop, and Escape closes a dialog. */
export async function useTheKeyboard({ page, server }) {
  await page.goto(server.base);
  await page.getByRole("heading", { name: "Dashboard", exact: true }).waitFor();
  const reached = new Set();
  for (let n = 0; n < 30 && !reached.has("Settings"); n++) {
    await page.keyboard.press("Tab");
    reached.add(await page.evaluate(() => document.activeElement?.textContent?.trim() ?? ""));
  }
  for (const name of ["Skip to the content", "Stop trading", "Dashboard", "Settings"]) {
    truth([...reached].some((text) => text.includes(name)), `the tab key does not reach ${name}: ${[...reached].join(" | ")}`);
  }
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Settings", exact: true }).waitFor();
  await page.getByRole("button", { name: /Stop trading/ }).focus();
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
}

/** No serious finding of the accessibility check on any page, wide and narrow, dark and light; nothing scrolls aside. */
export async function beAccessible({ page, server }) {
  const findings = [];
  for (const [theme, width] of [["dark", 1280], ["light", 390]]) {
    await page.setViewportSize({ width, height: 860 });
    await page.evaluate((look) => localStorage.setItem("tidegate.appearance", look), JSON.stringify({ theme }));
    for (const path of PAGES) {
      await page.goto(server.base + path);
      await page.locator(".page-title").waitFor();
      await page.locator(".ant-skeleton").first().waitFor({ state: "detached" });
      for (const line of await axe(page)) findings.push(`${path} ${theme} ${width}: ${line}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) findings.push(`${path} at ${width} px is ${wide} px wide`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 860 });
  truth(findings.length === 0, `findings:\n${findings.join("\n")}`);
}
