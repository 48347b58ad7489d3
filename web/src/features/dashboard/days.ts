// Profit by day from running totals: a day's part is its last total less the last one before it.
import Big from "big.js";
import type { EquitySample } from "@/api/types";
import { big } from "@/shared/lib/amount";
import { formatTime, type Zone } from "@/shared/lib/time";

export interface Day {
  day: string;
  realised: string;
  /** As it stood at the day's end, not its change. */
  unrealised: string;
  fees: string;
  net: string;
}

export const DAYS_MAX = 7;
const ZERO = new Big(0);

/** `samples`: oldest first. Newest day first, at most DAYS_MAX. */
export function daysOf(samples: readonly EquitySample[], zone: Zone): Day[] {
  const ends = new Map<string, EquitySample>();
  for (const sample of samples) ends.set(formatTime(sample.ts, zone, "date"), sample);
  const days: Day[] = [];
  let before = { pnl: ZERO, fees: ZERO, equity: ZERO };
  for (const [day, end] of ends) {
    const [pnl, fees, equity] = [big(end.pnl) ?? ZERO, big(end.fees) ?? ZERO, big(end.equity) ?? ZERO];
    days.push({
      day,
      realised: pnl.minus(before.pnl).toFixed(),
      unrealised: equity.minus(pnl).toFixed(),
      fees: fees.minus(before.fees).toFixed(),
      net: equity.minus(before.equity).toFixed(),
    });
    before = { pnl, fees, equity };
  }
  return days.reverse().slice(0, DAYS_MAX);
}
