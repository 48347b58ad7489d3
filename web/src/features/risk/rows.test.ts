import { expect, it } from "vitest";
import type { Limit, LimitUse } from "@/api/types";
import { limitRows } from "./rows";

it("every limit stands once, set or not, with its use where it has one", () => {
  const limits = [
    { name: "position_total_max", unit: "quote", scope: "total", id: "", value: 3000000 },
    { name: "position_symbol_max", unit: "quote", scope: "instrument", id: "binance:spot:BTCUSDT", value: "10.5" },
  ] as unknown as Limit[];
  const uses = [
    { name: "position_total_max", unit: "quote", scope: "total", limit: 3000000, byDefault: null, used: "44347.46" },
    { name: "drawdown_max", unit: "quote", scope: "total", limit: null, byDefault: null, used: null },
    { name: "breaker_failures_max", unit: "plans", scope: "total", limit: null, byDefault: 5, used: 2 },
  ] as unknown as LimitUse[];
  expect(limitRows(limits, uses).map((row) => [row.name, row.id, row.value, row.byDefault, row.used])).toEqual([
    ["position_total_max", "", 3000000, null, "44347.46"],
    ["position_symbol_max", "binance:spot:BTCUSDT", "10.5", null, null],
    ["drawdown_max", "", null, null, null],
    ["breaker_failures_max", "", null, 5, 2],
  ]);
});
