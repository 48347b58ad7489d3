import { expect, it } from "vitest";
import { ALERTS_MAX, FEED_MAX, feed, feedTold, type FeedEntry } from "./feed";

const entry = (seq: number, severity: FeedEntry["severity"] = "info"): FeedEntry => ({
  seq,
  ts: seq,
  event: "order_filled",
  severity,
  subject: "",
  text: "",
});

it("is newest first whatever order a replay arrives in, and holds nothing twice", () => {
  let state = feed(undefined, feedTold([entry(5), entry(9)]));
  state = feed(state, feedTold([entry(7), entry(5), entry(7)]));
  expect(state.entries.map((e) => e.seq)).toEqual([9, 7, 5]);
});

it("a day of events leaves it as large as its limit", () => {
  let state = feed(undefined, { type: "start" });
  for (let n = 0; n < 100; n++) {
    state = feed(state, feedTold(Array.from({ length: 100 }, (_, i) => entry(n * 100 + i, i % 2 ? "critical" : "info"))));
  }
  expect([state.entries.length, state.alerts.length]).toEqual([FEED_MAX, ALERTS_MAX]);
  expect(state.entries[0]?.seq).toBe(9_999);
});
