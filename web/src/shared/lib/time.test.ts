import { expect, it } from "vitest";
import { formatMicros, formatSpan, formatTime } from "./time";

const TS = Date.UTC(2026, 10, 21, 2, 8, 5, 7);

it.each([
  ["time", "02:08:05"],
  ["ms", "02:08:05.007"],
  ["full", "2026-11-21 02:08:05"],
  ["date", "2026-11-21"],
] as const)("a moment in UTC as %s", (detail, text) => {
  expect(formatTime(TS, "utc", detail)).toBe(text);
});

it("local time is the wall clock of the reader's zone", () => {
  const at = new Date(TS);
  const hours = String(at.getHours()).padStart(2, "0");
  expect(formatTime(TS, "local", "time").slice(0, 2)).toBe(hours);
  expect(formatTime(TS, "local", "date").slice(-2)).toBe(String(at.getDate()).padStart(2, "0"));
});

it("says nothing of no moment", () => {
  expect([formatTime(null, "utc"), formatTime(0, "utc")]).toEqual(["–", "–"]);
});

it("spans and latencies read in fitting units", () => {
  expect([formatSpan(59), formatSpan(93_784)]).toEqual(["00:00:59", "1d 02:03:04"]);
  expect([842, 3546.65, 41_200, 1_200_000].map(formatMicros)).toEqual(["842 µs", "3.55 ms", "41.2 ms", "1.2 s"]);
});
