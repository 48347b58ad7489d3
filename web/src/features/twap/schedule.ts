// The plan as it should run, and what it is going to need.
import Big from "big.js";
import type { Instrument, TwapPlan } from "@/api/types";
import { big, type MaybeAmount } from "@/shared/lib/amount";

export interface Estimate {
  slices: number;
  durationMs: number;
  /** Of all slices at the given price, quote units; null without a price. */
  notional: string | null;
  problems: ("slice_above_total" | "below_min" | "off_step" | "below_notional")[];
}

export const SLICES_MAX = 100_000;

/** What the typed terms come to; null while they are no numbers. `instruments`: of the legs, as far as known. */
export function estimate(
  terms: { totalQty: MaybeAmount; sliceQty: MaybeAmount; intervalMs: number },
  instruments: readonly (Instrument | undefined)[],
  price: MaybeAmount,
): Estimate | null {
  const [total, slice, at] = [big(terms.totalQty), big(terms.sliceQty), big(price)];
  if (total === null || slice === null || total.lte(0) || slice.lte(0) || !(terms.intervalMs > 0)) return null;
  const slices = total.div(slice).round(0, Big.roundUp);
  if (slices.gt(SLICES_MAX)) return null;
  const problems = new Set<Estimate["problems"][number]>();
  if (slice.gt(total)) problems.add("slice_above_total");
  for (const one of instruments) {
    if (one === undefined) continue;
    if (slice.lt(big(one.qtyMin) ?? 0)) problems.add("below_min");
    const step = big(one.qtyStep);
    if (step?.gt(0) && !(slice.mod(step).eq(0) && total.mod(step).eq(0))) problems.add("off_step");
    if (at !== null && slice.times(at).lt(big(one.notionalMin) ?? 0)) problems.add("below_notional");
  }
  const count = slices.toNumber();
  return {
    slices: count,
    durationMs: Math.max(0, count - 1) * terms.intervalMs,
    notional: at === null ? null : total.times(at).toFixed(),
    problems: [...problems],
  };
}

/** Steps of a running total: `[ts, base quantity]`, for the planned line and the actual one. */
export type Steps = readonly (readonly [ts: number, qty: string])[];

/** The schedule as terms give it, one step per slice; a long one is thinned to `points`. */
export function planned(plan: Pick<TwapPlan, "totalQty" | "sliceQty" | "intervalMs" | "createdTs">, start: number, points = 300): Steps {
  const [total, slice] = [big(plan.totalQty), big(plan.sliceQty)];
  if (total === null || slice === null || slice.lte(0)) return [];
  const count = Math.min(SLICES_MAX, total.div(slice).round(0, Big.roundUp).toNumber());
  const stride = Math.max(1, Math.ceil(count / points));
  const steps: [number, string][] = [];
  for (let n = 1; n <= count; n += stride) steps.push([start + (n - 1) * plan.intervalMs, qtyAfter(n)]);
  if ((count - 1) % stride !== 0) steps.push([start + (count - 1) * plan.intervalMs, qtyAfter(count)]);
  return steps;

  function qtyAfter(slices: number): string {
    const due = (slice as Big).times(slices);
    return (due.gt(total as Big) ? (total as Big) : due).toFixed();
  }
}

/** Fills of one leg as a running total, oldest first. */
export function actual(fills: readonly { ts: number; qty: MaybeAmount }[]): Steps {
  let sum = new Big(0);
  return [...fills]
    .sort((a, b) => a.ts - b.ts)
    .map(({ ts, qty }) => {
      sum = sum.plus(big(qty) ?? 0);
      return [ts, sum.toFixed()] as const;
    });
}

/** Both lines over one axis of time, each holding its last value; before its first step a line is at zero. */
export function aligned(a: Steps, b: Steps): { times: number[]; a: (string | null)[]; b: (string | null)[] } {
  const times = [...new Set([...a, ...b].map(([ts]) => ts))].sort((x, y) => x - y);
  const along = (steps: Steps, holds: boolean) => {
    let at = 0;
    let value = "0";
    return times.map((ts) => {
      while (at < steps.length && (steps[at]?.[0] ?? Infinity) <= ts) value = steps[at++]?.[1] ?? value;
      return !holds && at === steps.length && ts > (steps.at(-1)?.[0] ?? 0) ? null : value;
    });
  };
  return { times, a: along(a, true), b: along(b, false) };
}
