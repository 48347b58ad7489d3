// Alerts as lines: what the server kept, and what this page alone was told.
import type { Alert } from "@/api/types";
import type { FeedEntry, Severity } from "@/state/feed";

/** What the server keeps; anything else that warns is only heard while the page is open. */
const KEPT: ReadonlySet<string> = new Set(["engine_alert", "breaker_open", "breaker_closed"]);

export type AlertLine = Omit<FeedEntry, "seq"> & { id: string };

export function lineOf(alert: Alert): AlertLine {
  return {
    id: alert.id,
    ts: alert.ts,
    event: alert.event,
    severity: severityOf(alert.severity),
    subject: alert.planId ?? alert.pairId ?? alert.scope ?? "",
    text: [alert.code, alert.message ?? alert.reason].filter(Boolean).join(": "),
  };
}

export function severityOf(word: string): Severity {
  if (/crit|error|fatal/i.test(word)) return "critical";
  return /^info/i.test(word) ? "info" : "warning";
}

/** The newest `count` of both that are more than information, each once. */
export function latest(kept: readonly Alert[], heard: readonly FeedEntry[], count: number): AlertLine[] {
  const own = heard.filter((entry) => !KEPT.has(entry.event)).map(({ seq, ...entry }) => ({ ...entry, id: `page-${seq}` }));
  return [...kept.map(lineOf), ...own]
    .filter((line) => line.severity !== "info")
    .sort((a, b) => b.ts - a.ts)
    .slice(0, count);
}
