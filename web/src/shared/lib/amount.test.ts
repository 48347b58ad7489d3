import { describe, expect, it } from "vitest";
import { big, decimalsOf, formatAmount, formatPercent, share, signOf, sum } from "./amount";

describe("amounts", () => {
  it.each([
    ["1234567.5", { decimals: 2 }, "1,234,567.50"],
    ["1000038.24886885", {}, "1,000,038.24886885"],
    ["-0.622455", { decimals: 2 }, "−0.62"],
    ["0.622455", { decimals: 2, signed: true }, "+0.62"],
    ["0.005", { decimals: 2 }, "0.005"],
    ["0.0000001", { decimals: 2 }, "0.0000001"],
    [0, { decimals: 2 }, "0.00"],
    ["0.125", { decimals: 2 }, "0.12"],
    [null, { decimals: 2 }, "–"],
    ["abc", {}, "–"],
    ["999999999999999999.123456789012345678", { decimals: 18 }, "999,999,999,999,999,999.123456789012345678"],
  ])("%s with %o reads %s", (amount, look, text) => {
    expect(formatAmount(amount, look)).toBe(text);
  });

  it.each([
    ["0.00001", 5],
    ["0.01", 2],
    [1, 0],
    ["10", 0],
    ["0.5", 1],
    [0, undefined],
    [null, undefined],
  ])("a step of %s has %s decimals", (step, decimals) => {
    expect(decimalsOf(step)).toBe(decimals);
  });

  it("adds what doubles can not", () => {
    expect(sum(["0.1", "0.2", null, 3]).toFixed()).toBe("3.3");
    expect(big("0.1")?.plus("0.2").eq("0.3")).toBe(true);
  });

  it("says signs, shares and percents", () => {
    expect([signOf("-0.001"), signOf("0.000"), signOf("2"), signOf(null)]).toEqual([-1, 0, 1, 0]);
    expect([share("25", "100"), share("300", 100), share("1", 0), share(null, 5)]).toEqual([25, 100, null, null]);
    expect(formatPercent("0.289878")).toBe("0.290 %");
    expect(formatPercent(null)).toBe("–");
  });
});
