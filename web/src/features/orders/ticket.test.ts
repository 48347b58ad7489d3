import { describe, expect, it } from "vitest";
import type { Instrument } from "@/api/types";
import { levelProblems, levelsOf } from "./levels";
import { judged, termsOf, type TicketFields } from "./ticket";

const BTC = { qtyStep: "0.001", qtyMin: "0.001", priceStep: "0.1", notionalMin: "5" } as unknown as Instrument;
const TOUCH = { bid: "68000", ask: "68000.1" };
const limit: TicketFields = { instrument: "binance:spot:BTCUSDT", side: "buy", kind: "limit", qty: "0.01", price: "67000", force: "GTC", reduceOnly: false };
const market: TicketFields = { instrument: "bybit:linear:BTCUSDT", side: "sell", kind: "market", qty: "0.01", force: "GTC", reduceOnly: true };

describe("an order that is typed", () => {
  it("comes to its price times its quantity, exactly", () => {
    expect(judged({ ...limit, qty: "0.003", price: "67000.1" }, BTC, TOUCH)).toEqual({ price: "67000.1", notional: "201.0003", takes: false, problems: [] });
  });

  it("takes the other side's best without a price of its own", () => {
    expect(judged(market, BTC, TOUCH)).toMatchObject({ price: "68000", notional: "680" });
    expect(judged({ ...market, side: "buy" }, BTC, TOUCH)).toMatchObject({ price: "68000.1" });
    expect(judged(market, BTC, { bid: undefined, ask: undefined })).toMatchObject({ price: null, notional: null });
  });

  it("says when a limit order would take at once", () => {
    expect(judged({ ...limit, price: "68000.1" }, BTC, TOUCH)?.takes).toBe(true);
    expect(judged({ ...limit, side: "sell", price: "68000" }, BTC, TOUCH)?.takes).toBe(true);
    expect(judged({ ...limit, side: "sell", price: "68000.1" }, BTC, TOUCH)?.takes).toBe(false);
  });

  it.each([
    ["below the least quantity and off the step", { qty: "0.0005" }, ["below_min", "off_step"]],
    ["off the tick", { price: "67000.05" }, ["off_tick"]],
    ["worth too little", { qty: "0.001", price: "4999.9" }, ["below_notional"]],
    ["with a stop above a buy", { stopLoss: "67000" }, ["stop_side"]],
    ["with a target below a buy", { takeProfit: "66999.9" }, ["target_side"]],
  ])("%s is a problem", (_, change, problems) => {
    expect(judged({ ...limit, ...change }, BTC, TOUCH)?.problems).toEqual(problems);
  });

  it("may be worth little when it only reduces", () => {
    expect(judged({ ...limit, qty: "0.001", price: "4999.9", reduceOnly: true }, BTC, TOUCH)?.problems).toEqual([]);
  });

  it.each([{ qty: "" }, { qty: "0" }, { qty: "x" }, { price: "" }, { price: "-1" }])("%o comes to nothing", (change) => {
    expect(judged({ ...limit, ...change }, BTC, TOUCH)).toBeNull();
  });
});

describe("what is sent", () => {
  it("names the instrument and leaves out what was not typed", () => {
    expect(termsOf({ ...limit, stopLoss: " 66000 ", takeProfit: "" })).toEqual({
      exchange: "binance", symbol: "BTCUSDT", type: "spot", side: "buy", orderType: "limit", qty: "0.01", price: "67000", timeInForce: "GTC", reduceOnly: false, stopLoss: "66000",
    });
  });

  it("gives a market order neither price nor time in force", () => {
    expect(termsOf({ ...market, price: "1" })).toEqual({ exchange: "bybit", symbol: "BTCUSDT", type: "linear", side: "sell", orderType: "market", qty: "0.01", reduceOnly: true });
  });

  it("marks what must not take", () => {
    expect(termsOf({ ...limit, force: "PostOnly" })).toMatchObject({ timeInForce: "PostOnly", postOnly: true });
  });
});

describe("levels of a position", () => {
  it.each([
    [true, "99", "101", []],
    [true, "100", "100", ["stop_side", "target_side"]],
    [false, "101", "99", []],
    [false, "99", "101", ["stop_side", "target_side"]],
  ] as const)("long %s, stop %s, target %s", (long, stopLoss, takeProfit, problems) => {
    expect(levelProblems({ stopLoss, takeProfit }, long, "100")).toEqual(problems);
  });

  it("are not judged without a price, and empty ones are left out", () => {
    expect(levelProblems({ stopLoss: "1" }, false, null)).toEqual([]);
    expect(levelsOf({ stopLoss: " 1 ", takeProfit: "", trailingPct: "2" })).toEqual({ stopLoss: "1", trailingPct: "2" });
  });
});
