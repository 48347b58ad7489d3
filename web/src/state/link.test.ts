import { expect, it } from "vitest";
import { link, linkChanged, type LinkState } from "./link";

const after = (...states: [LinkState, number, string?][]) =>
  states.reduce((at, [state, now, reason = ""]) => link(at, linkChanged({ state, now, reason })), link(undefined, { type: "start" }));

it("is lost since the first break, however often it tries again, and says why", () => {
  const lost = after(["connecting", 1], ["live", 2], ["lost", 3, "the server stops"], ["connecting", 4], ["lost", 5]);
  expect(lost).toEqual({ state: "lost", lostSince: 3, reason: "the server stops" });
});

it("is well again when it is live again, and silent before the first connection", () => {
  expect(after(["lost", 3, "x"], ["connecting", 4], ["live", 5])).toEqual({ state: "live", lostSince: 0, reason: "" });
  expect(after(["connecting", 1]).lostSince).toBe(0);
});
