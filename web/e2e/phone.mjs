// On a phone: each page and each of its tabs fits 390 px, no table scrolls, no figure is cut, a finger meets every button.
import { truth } from "./browser.mjs";
import { PAGES } from "./flows.mjs";

const PHONE = { width: 390, height: 844 };
const TARGET_PX_MIN = 40;

/** Runs in the page; lines of what does not fit. */
function misfits(targetPx) {
  const found = [];
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} px wide`);
  const seen = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
  const nameOf = (node) => (node.getAttribute("aria-label") ?? node.textContent ?? "").trim().slice(0, 40);
  for (const table of [...document.querySelectorAll(".ant-table-content")].filter(seen)) {
    if (table.scrollWidth > table.clientWidth) found.push(`a table scrolls: ${nameOf(table.closest("section") ?? table)}`);
  }
  for (const cell of [...document.querySelectorAll("td, dd, .stat-value")].filter(seen)) {
    const { left, right } = cell.getBoundingClientRect();
    if (left < 0 || right > innerWidth || cell.scrollWidth > cell.clientWidth + 1) found.push(`cut: ${nameOf(cell)}`);
  }
  for (const node of [...document.querySelectorAll("button:enabled, [role=tab], nav a, .panel-extra > a")].filter(seen)) {
    const area = node.closest(".ant-tabs-tab") ?? node;
    area.scrollIntoView({ block: "center" });
    const { left, right, top, bottom } = area.getBoundingClientRect();
    const [x, y, far] = [(left + right) / 2, (top + bottom) / 2, targetPx / 2 - 0.5];
    const met = [[far, 0], [-far, 0], [0, far], [0, -far]].every(([dx, dy]) => area.contains(document.elementFromPoint(x + dx, y + dy)));
    if (!met) found.push(`smaller than a finger: ${nameOf(node)} (${Math.round(right - left)} x ${Math.round(bottom - top)})`);
  }
  return [...new Set(found)];
}

/** Runs in the page; names of limits whose value is not told where one looks. */
function limitsWithoutValue() {
  const rows = [...document.querySelector(".cards").querySelectorAll("tr.ant-table-row")];
  if (rows.length === 0) return ["no limit"];
  const inSight = ({ left, right, width }) => width > 0 && left >= 0 && right <= innerWidth;
  return rows
    .filter(({ cells }) => !inSight(cells[1].getBoundingClientRect()) || cells[1].textContent.trim() === "")
    .map(({ cells }) => cells[0].textContent);
}

const settled = async (page) => {
  await page.locator(".page-title").waitFor();
  await page.locator(".ant-skeleton").first().waitFor({ state: "detached" });
};

export async function fitAPhone({ page, server }) {
  const findings = [];
  await page.setViewportSize(PHONE);
  for (const look of [{ theme: "light", language: "en" }, { theme: "dark", language: "zh-Hant" }]) {
    await page.evaluate((kept) => localStorage.setItem("tidegate.appearance", kept), JSON.stringify(look));
    for (const path of PAGES) {
      await page.goto(server.base + path);
      await settled(page);
      if (path === "/risk") findings.push(...(await page.evaluate(limitsWithoutValue)).map((name) => `${name} tells no value`));
      const tabs = page.locator(".page").getByRole("tab");
      for (let at = 0; at < Math.max(await tabs.count(), 1); at++) {
        if ((await tabs.count()) > 0) await tabs.nth(at).click();
        await settled(page);
        for (const line of await page.evaluate(misfits, TARGET_PX_MIN)) findings.push(`${path} ${at} ${look.language}: ${line}`);
      }
    }
  }
  await page.evaluate(() => localStorage.setItem("tidegate.appearance", JSON.stringify({ theme: "dark" })));
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.goto(server.base);
  truth(findings.length === 0, `findings:\n${findings.join("\n")}`);
}
