// An event of the stream as a line of the feed: what a person reads. Units and precision are the event's own.
import { formatAmount, type MaybeAmount } from "@/shared/lib/amount";
import type { FeedEntry, Severity } from "@/state/feed";
import type { StreamEvent } from "./socket";

const WARNINGS = new Set(["order_failed", "order_retry", "breaker_open"]);
/** Events that only carry state for tables, or would drown the others. */
const SILENT = new Set([
  "price_update",
  "opportunity",
  "balance_update",
  "subscribed",
  "unsubscribed",
  "resumed",
  "resume_failed",
  "pong",
  "twap_progress",
]);

type Data = Record<string, unknown>;
const text = (data: Data, name: string): string => {
  const value = data[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};
const amount = (data: Data, name: string) => formatAmount(data[name] as MaybeAmount);
const joined = (...words: string[]) => words.filter(Boolean).join(" ");
const where = (data: Data) => joined(text(data, "exchange"), text(data, "type"), text(data, "symbol"));

/** The line, or null where the event tells nothing worth a line. */
export function storyOf({ event, data, seq }: StreamEvent): FeedEntry | null {
  if (SILENT.has(event)) return null;
  // A plan tells of itself when it ends; on the way its orders do.
  if (event === "plan_update" && data["endedTs"] == null) return null;
  return {
    seq,
    ts: Number(data["ts"] ?? data["endedTs"] ?? data["createdTs"] ?? 0),
    event,
    severity: severityOf(event, data),
    subject: text(data, "planId") || text(data, "pairId") || text(data, "orderId") || text(data, "name"),
    text: lineOf(event, data),
  };
}

function severityOf(event: string, data: Data): Severity {
  if (event === "engine_alert") {
    const severity = text(data, "severity").toLowerCase();
    if (/crit|error|fatal/.test(severity)) return "critical";
    return severity.startsWith("info") ? "info" : "warning";
  }
  if (event === "plan_update") return data["state"] === "REPORTED" ? "critical" : "info";
  return WARNINGS.has(event) ? "warning" : "info";
}

function lineOf(event: string, data: Data): string {
  switch (event) {
    case "order_submitted":
    case "order_filled":
      return `${text(data, "side")} ${amount(data, "qty")} @ ${amount(data, "price")} ${where(data)}`;
    case "order_failed":
      return joined(where(data), text(data, "code"), text(data, "message") || text(data, "reason"));
    case "plan_update":
      return `${text(data, "state")} ${amount(data, "qty")}, PnL ${amount(data, "pnl")}`;
    case "engine_alert":
      return [text(data, "code"), text(data, "message")].filter(Boolean).join(": ");
    default:
      return joined(where(data), text(data, "state") || text(data, "status"), text(data, "reason"), text(data, "message"));
  }
}
