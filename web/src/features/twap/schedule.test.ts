import { describe, expect, it } from "vitest";
import type { Instrument } from "@/api/types";
import { actual, aligned, estimate, planned } from "./schedule";

const BTC = { qtyStep: "0.001", qtyMin: "0.001", notionalMin: 5 } as unknown as Instrument;
const terms = (totalQty: string, sliceQty: string, intervalMs = 1000) => ({ totalQty, sliceQty, intervalMs });

describe("the estimate", () => {
  it("counts slices, time and money exactly", () => {
    expect(estimate(terms("0.1", "0.03"), [BTC], "68000.1")).toEqual({
      slices: 4,
      durationMs: 3000,
      notional: "6800.01",
      problems: [],
    });
  });

  it.each([
    ["a slice above the whole", terms("0.1", "0.2"), ["slice_above_total"]],
    ["a slice below the least order", terms("0.1", "0.0005"), ["below_min", "off_step"]],
    ["a slice between two steps", terms("0.1", "0.0015"), ["off_step"]],
  ])("%s is a problem", (_, given, problems) => {
    expect(estimate(given, [BTC], "68000")?.problems).toEqual(problems);
  });

  it("a slice worth too little is a problem when a price is known", () => {
    expect(estimate(terms("0.1", "0.001"), [BTC], "100")?.problems).toEqual(["below_notional"]);
    expect(estimate(terms("0.1", "0.001"), [BTC], null)).toMatchObject({ problems: [], notional: null });
  });

  it.each([terms("", "1"), terms("1", "abc"), terms("-1", "1"), terms("1", "0"), terms("1", "1", 0), terms("1", "0.000000001")])(
    "%o comes to nothing",
    (given) => {
      expect(estimate(given, [undefined], "1")).toBeNull();
    },
  );
});

describe("planned against actual", () => {
  const plan = { totalQty: "0.1", sliceQty: "0.04", intervalMs: 10, createdTs: 0 };

  it("the schedule ends at the total", () => {
    expect(planned(plan, 100)).toEqual([
      [100, "0.04"],
      [110, "0.08"],
      [120, "0.1"],
    ]);
  });

  it("a long schedule is thinned and keeps its end", () => {
    const steps = planned({ ...plan, totalQty: "100" }, 0, 10);
    expect(steps.length).toBeLessThanOrEqual(11);
    expect(steps.at(-1)).toEqual([2499 * 10, "100"]);
  });

  it("fills add up in the order of their times", () => {
    expect(actual([{ ts: 3, qty: "0.2" }, { ts: 1, qty: "0.1" }])).toEqual([
      [1, "0.1"],
      [3, "0.3"],
    ]);
  });

  it("both stand over one time, the actual ends where it has come to", () => {
    expect(aligned([[1, "1"], [3, "2"], [5, "3"]], [[2, "1"], [3, "2"]])).toEqual({
      times: [1, 2, 3, 5],
      a: ["1", "1", "2", "3"],
      b: ["0", "1", "2", null],
    });
  });
});
