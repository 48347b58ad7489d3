import { expect, it } from "vitest";
import type { Position } from "@/api/types";
import { imbalances } from "./imbalance";

const held = (exchange: string, symbol: string, qty: string) => ({ exchange, symbol, type: "spot", qty }) as Position;

it("legs cancel out exactly, and what is left comes first", () => {
  const rows = imbalances(
    [held("binance", "ETHUSDT", "-0.3"), held("bybit", "ETHUSDT", "0.1"), held("okx", "ETHUSDT", "0.2"), held("bybit", "BTCUSDT", "-0.00002")],
    (position) => position.symbol.slice(0, 3),
  );
  expect(rows.map(({ base, net }) => [base, net])).toEqual([
    ["BTC", "-0.00002"],
    ["ETH", "0"],
  ]);
  expect(rows[1]?.parts).toEqual([
    { place: "binance spot", qty: "-0.3" },
    { place: "bybit spot", qty: "0.1" },
    { place: "okx spot", qty: "0.2" },
  ]);
});
