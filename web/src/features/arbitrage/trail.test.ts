import { expect, it } from "vitest";
import { TRAIL_MAX, extended, type Point } from "./trail";

it("keeps one price a second, the last of it", () => {
  let trail: readonly Point[] = [];
  for (const [ts, value] of [[1000, 1], [1900, 2], [2000, 3], [1500, 9]] as const) trail = extended(trail, ts, value);
  expect(trail).toEqual([
    { time: 1, value: 2 },
    { time: 2, value: 3 },
  ]);
});

it("a day of prices leaves it as long as its limit", () => {
  let trail: readonly Point[] = [];
  for (let n = 0; n < 3 * TRAIL_MAX; n++) trail = extended(trail, n * 1000, n);
  expect([trail.length, trail[0]?.time, trail.at(-1)?.time]).toEqual([TRAIL_MAX, 2 * TRAIL_MAX, 3 * TRAIL_MAX - 1]);
});
