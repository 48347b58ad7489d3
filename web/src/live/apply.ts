// What an event changes in the cache: some rows at once, other lists become stale and are read again soon.
import type { Tag } from "@/api/base";
import { withRow } from "@/api/merge";
import type { ExchangeStatus, Opportunity, Plan, TwapPlan } from "@/api/types";
import type { StreamEvent } from "./socket";

/** Lists that an event makes stale; a flush reads each at most once. */
export const STALE: Readonly<Record<string, readonly Tag[]>> = {
  order_submitted: ["Orders"],
  order_filled: ["Orders", "Trades", "Positions", "Balances"],
  order_failed: ["Orders"],
  order_cancelled: ["Orders", "Balances"],
  order_retry: ["Orders"],
  plan_update: ["Performance"],
  twap_progress: ["Twaps"],
  balance_update: ["Balances"],
  engine_alert: ["Alerts", "Risk", "Health"],
  breaker_open: ["Alerts", "Risk", "Health"],
  breaker_closed: ["Alerts", "Risk", "Health"],
  exchange_status: ["Health"],
};

/** Opportunities with one that opened, moved or closed; a new one appears first. */
export function withOpportunity(rows: readonly Opportunity[], data: StreamEvent["data"]): Opportunity[] {
  const event = data as Partial<Opportunity> & { state?: string };
  const open = event.state !== "closed";
  const at = rows.findIndex((row) => row.pairId === event.pairId && row.direction === event.direction);
  const known = rows[at];
  if (known !== undefined) {
    // A closing names the pair and the edge alone; what it does not name stays as it was.
    return rows.with(at, { ...known, ...event, open, ts: event.ts ?? known.ts });
  }
  return open && event.buy !== undefined && event.sell !== undefined
    ? [{ bookAgesMs: [], ...event, open } as unknown as Opportunity, ...rows]
    : [...rows];
}

export const withPlan = (rows: readonly Plan[], data: StreamEvent["data"]): Plan[] =>
  withRow(rows, data as unknown as Plan);

export function withTwapProgress(rows: readonly TwapPlan[], data: StreamEvent["data"]): TwapPlan[] {
  const { planId, executed, remaining, slicesDone, slicesTotal, state } = data as unknown as TwapPlan["progress"] & {
    planId: string;
    state: TwapPlan["state"];
  };
  return rows.map((row) =>
    row.planId === planId ? { ...row, state, progress: { executed, remaining, slicesDone, slicesTotal } } : row,
  );
}

export function withExchange(rows: readonly ExchangeStatus[], data: StreamEvent["data"]): ExchangeStatus[] {
  const event = data as Partial<ExchangeStatus>;
  return rows.map((row) => (row.name === event.name ? { ...row, ...event } : row));
}
