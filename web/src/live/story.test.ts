import { expect, it } from "vitest";
import { storyOf } from "./story";

const told = (event: string, data: Record<string, unknown>) => storyOf({ event, data, seq: 1 });

it.each([
  [
    "a fill",
    "order_filled",
    { side: "buy", qty: "0.2", price: "3493.8", exchange: "bybit", type: "spot", symbol: "ETHUSDT", planId: "plan_1", ts: 5 },
    { severity: "info", subject: "plan_1", text: "buy 0.2 @ 3,493.8 bybit spot ETHUSDT", ts: 5 },
  ],
  [
    "a refusal",
    "order_failed",
    { exchange: "bybit", symbol: "X", code: "INSUFFICIENT_FUNDS", message: "no", orderId: "o" },
    { severity: "warning", subject: "o", text: "bybit X INSUFFICIENT_FUNDS no" },
  ],
  [
    "an end",
    "plan_update",
    { planId: "p", state: "HEDGED", qty: "0.02", pnl: "-0.5", endedTs: 9 },
    { severity: "info", subject: "p", text: "HEDGED 0.02, PnL −0.5", ts: 9 },
  ],
  [
    "a plan that could not be hedged",
    "plan_update",
    { planId: "p", state: "REPORTED", qty: 1, endedTs: 9 },
    { severity: "critical" },
  ],
  [
    "an alert",
    "engine_alert",
    { severity: "critical", code: "NAKED", message: "one leg", ts: 1 },
    { severity: "critical", text: "NAKED: one leg" },
  ],
  [
    "a breaker",
    "breaker_open",
    { scope: "pair", reason: "five failures", pairId: "x" },
    { severity: "warning", subject: "x", text: "five failures" },
  ],
])("%s reads as a line", (_, event, data, line) => {
  expect(told(event, data)).toMatchObject(line);
});

it.each(["price_update", "opportunity", "balance_update", "pong"])("%s is no news", (event) => {
  expect(told(event, { ts: 1 })).toBeNull();
});

it("a plan under way says nothing yet", () => {
  expect(told("plan_update", { planId: "p", state: "WORKING", endedTs: null })).toBeNull();
});
