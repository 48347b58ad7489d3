import { expect, it } from "vitest";
import type { Plan } from "@/api/types";
import { lanesOf } from "./lanes";

it("puts each leg's orders and fills where they happened", () => {
  const timeline = [
    { ts: 1000, event: "planned" },
    { ts: 1000, event: "order", text: "A leg1 sell" },
    { ts: 1010, event: "fill", text: "leg1 sell 0.2" },
    { ts: 1040, event: "rejected", text: "leg2 buy" },
  ];
  const { spanMs, marks } = lanesOf({ createdTs: 1000, timeline } as unknown as Plan);
  expect(spanMs).toBe(40);
  expect(marks.map((mark) => [mark.leg, mark.kind, mark.ms, mark.percent])).toEqual([
    [1, "order", 0, 0],
    [1, "fill", 10, 24.5],
    [2, "fail", 40, 98],
  ]);
});

it("a plan of one moment has no width to divide by", () => {
  expect(lanesOf({ createdTs: 5, timeline: [{ ts: 5, event: "order", text: "leg2" }] } as unknown as Plan).marks[0]?.percent).toBe(0);
});
