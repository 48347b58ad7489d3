import { describe, expect, it } from "vitest";
import type { TwapPlan } from "@/api/types";
import { changesOf, fieldsOf, termsOf } from "./terms";

const PLAN = {
  name: "slow", totalQty: "0.5", sliceQty: "0.01", intervalMs: 1500, randomizePct: "0", limitOffsetBps: 5, maxParticipationPct: null,
  legs: [
    { exchange: "binance", type: "spot", symbol: "BTCUSDT", side: "sell", price: "67000.1" },
    { exchange: "bybit", type: "linear", symbol: "BTCUSDT", side: "buy", price: null },
  ],
} as unknown as TwapPlan;

describe("a TWAP plan that is changed", () => {
  it("is typed as it stands", () => {
    expect(fieldsOf(PLAN)).toEqual({
      name: "slow", leg1: "binance:spot:BTCUSDT", side1: "sell", leg2: "bybit:linear:BTCUSDT", totalQty: "0.5", sliceQty: "0.01",
      seconds: "1.5", randomizePct: "0", limitOffsetBps: "5", maxParticipationPct: "",
    });
  });

  it("keeps what the form does not show, and never says whether it runs", () => {
    expect(changesOf({ ...fieldsOf(PLAN), sliceQty: " 0.02 " }, PLAN)).toEqual({
      name: "slow", totalQty: "0.5", sliceQty: "0.02", intervalMs: 1500, randomizePct: "0", limitOffsetBps: 5,
      legs: [
        { exchange: "binance", type: "spot", symbol: "BTCUSDT", side: "sell", price: "67000.1" },
        { exchange: "bybit", type: "linear", symbol: "BTCUSDT", side: "buy" },
      ],
    });
  });

  it("loses a price bound with the leg that it belonged to", () => {
    expect(changesOf({ ...fieldsOf(PLAN), leg1: "binance:spot:ETHUSDT" }, PLAN).legs[0]).toEqual({ exchange: "binance", type: "spot", symbol: "ETHUSDT", side: "sell" });
  });
});

it("a new plan of two legs trades the second the other way", () => {
  const terms = termsOf({ ...fieldsOf(PLAN), autoStart: true });
  expect(terms.legs.map((leg) => leg.side)).toEqual(["sell", "buy"]);
  expect(terms.autoStart).toBe(true);
});
