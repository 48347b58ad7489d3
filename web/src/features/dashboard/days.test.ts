import { expect, it } from "vitest";
import type { EquitySample } from "@/api/types";
import { DAYS_MAX, daysOf } from "./days";

const DAY = 86_400_000;
const sample = (ts: number, pnl: string, fees: string, equity: string) => ({ ts, pnl, fees, equity }) as EquitySample;

it("a day's part is the difference of the totals at its end", () => {
  const samples = [
    sample(DAY, "1.1", "0.5", "1.0"),
    sample(DAY + 1000, "3.3", "0.7", "4.0"),
    sample(2 * DAY, "3.0", "0.9", "2.5"),
  ];
  expect(daysOf(samples, "utc")).toEqual([
    { day: "1970-01-03", realised: "-0.3", unrealised: "-0.5", fees: "0.2", net: "-1.5" },
    { day: "1970-01-02", realised: "3.3", unrealised: "0.7", fees: "0.7", net: "4" },
  ]);
});

it("of many days the newest are shown, of none nothing", () => {
  const many = Array.from({ length: 30 }, (_, n) => sample((n + 1) * DAY, String(n), "0", String(n)));
  const days = daysOf(many, "utc");
  expect([days.length, days[0]?.day]).toEqual([DAYS_MAX, "1970-01-31"]);
  expect(daysOf([], "utc")).toEqual([]);
});
