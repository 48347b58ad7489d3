import { describe, expect, it } from "vitest";
import type { Alert } from "@/api/types";
import type { FeedEntry } from "@/state/feed";
import { latest, lineOf, severityOf } from "./alerts";

const alert = (id: string, ts: number, more: Partial<Alert> = {}) =>
  ({ id, event: "engine_alert", severity: "warning", ts, code: "BOOK_STALE", message: "old", pairId: null, planId: "plan_1", scope: null, reason: null, ...more }) as Alert;
const heard = (seq: number, ts: number, event: string): FeedEntry => ({ seq, ts, event, severity: "warning", subject: "x", text: "y" });

describe("alerts as lines", () => {
  it("say what and about what", () => {
    expect(lineOf(alert("1", 5))).toEqual({ id: "1", ts: 5, event: "engine_alert", severity: "warning", subject: "plan_1", text: "BOOK_STALE: old" });
    expect(lineOf(alert("2", 5, { event: "breaker_open", code: null, message: null, planId: null, scope: "kill", reason: "by hand" }))).toMatchObject({ subject: "kill", text: "by hand" });
  });

  it.each([["critical", "critical"], ["ERROR", "critical"], ["info", "info"], ["warning", "warning"], ["odd", "warning"]])("%s is %s", (word, severity) => {
    expect(severityOf(word)).toBe(severity);
  });

  it("are the server's and those that it does not keep, newest first, each once", () => {
    const lines = latest([alert("2", 20), alert("1", 10)], [heard(9, 15, "order_failed"), heard(8, 20, "engine_alert")], 10);
    expect(lines.map((line) => line.id)).toEqual(["2", "page-9", "1"]);
  });

  it("leave out what is for information alone, and are bounded", () => {
    expect(latest([alert("2", 20, { severity: "info" }), alert("1", 10), alert("0", 5)], [], 1).map((line) => line.id)).toEqual(["1"]);
  });
});
