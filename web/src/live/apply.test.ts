import { describe, expect, it } from "vitest";
import type { ExchangeStatus, Opportunity, TwapPlan } from "@/api/types";
import { withExchange, withOpportunity, withTwapProgress } from "./apply";

const leg = { exchange: "binance", symbol: "BTCUSDT", type: "spot", price: "1.5", worst: "1.5", leg: 1 };
const edge = (pairId: string, direction: string, netPercent: string): Opportunity =>
  ({ pairId, direction, netPercent, open: false, ts: 1, bookAgesMs: [3, 4], buy: leg, sell: leg }) as unknown as Opportunity;

describe("opportunities", () => {
  const rows = [edge("a", "leg1_buy", "0.1"), edge("a", "leg2_buy", "-0.2")];

  it("an event changes its pair's direction alone", () => {
    const next = withOpportunity(rows, { pairId: "a", direction: "leg2_buy", netPercent: "0.3", state: "opened", ts: 9 });
    expect(next.map((row) => [row.direction, row.netPercent, row.open])).toEqual([
      ["leg1_buy", "0.1", false],
      ["leg2_buy", "0.3", true],
    ]);
    expect(next[1]?.bookAgesMs).toEqual([3, 4]);
  });

  it("a closing keeps the prices it does not name", () => {
    const open = withOpportunity(rows, { pairId: "a", direction: "leg1_buy", state: "opened" });
    const closed = withOpportunity(open, { pairId: "a", direction: "leg1_buy", state: "closed", netPercent: "0.01" });
    expect(closed[0]).toMatchObject({ open: false, netPercent: "0.01", buy: leg });
  });

  it("a new one appears when it can be shown whole, and is not doubled", () => {
    const told = { pairId: "b", direction: "leg1_buy", state: "opened", buy: leg, sell: leg };
    const next = withOpportunity(withOpportunity(rows, told), told);
    expect(next.map((row) => row.pairId)).toEqual(["b", "a", "a"]);
    expect(withOpportunity(rows, { pairId: "c", direction: "leg1_buy", state: "closed" })).toEqual(rows);
  });
});

it("progress moves its TWAP alone", () => {
  const rows = [
    { planId: "twap_001", state: "running" },
    { planId: "twap_002", state: "running" },
  ] as TwapPlan[];
  const progress = { executed: "0.1", remaining: "0.2", slicesDone: 1, slicesTotal: 3 };
  const next = withTwapProgress(rows, { planId: "twap_002", state: "paused", ...progress });
  expect(next.map((row) => [row.state, row.progress])).toEqual([
    ["running", undefined],
    ["paused", progress],
  ]);
});

it("a venue's news are put over its row", () => {
  const rows = [{ name: "binance", connected: true, latencyMs: "0.3" }] as ExchangeStatus[];
  expect(withExchange(rows, { name: "binance", connected: false })).toEqual([
    { name: "binance", connected: false, latencyMs: "0.3" },
  ]);
});
