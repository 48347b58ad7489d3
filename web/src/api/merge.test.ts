import { describe, expect, it } from "vitest";
import { ROWS_MAX, newer, withAnswer, withRow } from "./merge";

const row = (n: number, steps = 1, endedTs: number | null = null) => ({
  planId: `plan_${String(n).padStart(6, "0")}`,
  createdTs: 1000 + n,
  endedTs,
  timeline: Array.from({ length: steps }, (_, i) => i),
});
const ids = (rows: readonly { planId: string }[]) => rows.map((r) => Number(r.planId.slice(5)));

describe("a list and its stream", () => {
  it("a new row stands first, a known one is replaced in its place", () => {
    const rows = withRow(withRow([row(1)], row(2)), row(1, 4, 1500));
    expect(ids(rows)).toEqual([2, 1]);
    expect(rows[1]?.endedTs).toBe(1500);
  });

  it("an event that comes late does not undo an end", () => {
    expect(withRow([row(1, 6, 1500)], row(1, 3))[0]?.endedTs).toBe(1500);
    expect(newer(row(1, 3), row(1, 2)).timeline.length).toBe(3);
  });

  it("an answer older than the stream loses and doubles nothing", () => {
    const known = [row(5, 2), row(4, 6, 1500), row(3, 2)];
    const merged = withAnswer(known, [row(4, 3), row(3, 6, 1600), row(2, 1)]);
    expect(ids(merged)).toEqual([5, 4, 3, 2]);
    expect(merged.map((r) => r.endedTs)).toEqual([null, 1500, 1600, null]);
  });

  it("after a restart of the server its answer decides on everything that it could know", () => {
    expect(ids(withAnswer([row(9), row(8), row(1)], [row(9, 2), row(7)]))).toEqual([9, 7]);
  });

  it("rows of one millisecond keep the order of their ids", () => {
    const at = (n: number) => ({ ...row(n), createdTs: 7 });
    expect(ids(withAnswer([], [at(1), at(3), at(2)]))).toEqual([3, 2, 1]);
  });

  it("does not grow beyond its limit", () => {
    let rows: ReturnType<typeof row>[] = [];
    for (let n = 0; n < 3 * ROWS_MAX; n++) rows = withRow(rows, row(n));
    expect([rows.length, ids(rows)[0]]).toEqual([ROWS_MAX, 3 * ROWS_MAX - 1]);
  });
});
