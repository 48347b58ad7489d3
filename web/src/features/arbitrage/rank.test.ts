import { expect, it } from "vitest";
import type { Opportunity } from "@/api/types";
import { ranked } from "./rank";

it("orders by exact net percent, what has none last, and leaves its input alone", () => {
  const rows = ["0.1", "0.10000000000000001", "-3", null, "0.2"].map((netPercent) => ({ netPercent }) as unknown as Opportunity);
  expect(ranked(rows).map((row) => row.netPercent)).toEqual(["0.2", "0.10000000000000001", "0.1", "-3", null]);
  expect(rows[0]?.netPercent).toBe("0.1");
});
