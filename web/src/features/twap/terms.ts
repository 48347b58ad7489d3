// Between a TWAP plan's form and what the server takes.
import type { TwapTerms } from "@/api/twap";
import type { Side, TwapPlan } from "@/api/types";

export interface Fields {
  name: string;
  leg1: string;
  side1: Side;
  leg2?: string;
  totalQty: string;
  sliceQty: string;
  seconds: string;
  randomizePct?: string;
  limitOffsetBps?: string;
  maxParticipationPct?: string;
  autoStart: boolean;
}

type Leg = TwapTerms["legs"][number];
const text = (value: string | number | null | undefined) => (value == null ? "" : String(value));
export const nameOf = (one: { exchange: string; type: string; symbol: string }) => `${one.exchange}:${one.type}:${one.symbol}`;

export function termsOf(given: Fields): TwapTerms {
  const legs = [place(given.leg1, given.side1)];
  if (given.leg2) legs.push(place(given.leg2, given.side1 === "buy" ? "sell" : "buy"));
  return {
    name: given.name,
    totalQty: given.totalQty.trim(),
    sliceQty: given.sliceQty.trim(),
    intervalMs: Math.round(Number(given.seconds) * 1000),
    legs,
    autoStart: given.autoStart,
    ...(given.randomizePct ? { randomizePct: given.randomizePct } : {}),
    ...(given.limitOffsetBps ? { limitOffsetBps: Number(given.limitOffsetBps) } : {}),
    ...(given.maxParticipationPct ? { maxParticipationPct: given.maxParticipationPct } : {}),
  };
}

/** A plan's terms as they are typed. */
export function fieldsOf(plan: TwapPlan): Omit<Fields, "autoStart"> {
  const [first, second] = plan.legs;
  return {
    name: plan.name,
    leg1: first === undefined ? "" : nameOf(first),
    side1: first?.side ?? "buy",
    ...(second === undefined ? {} : { leg2: nameOf(second) }),
    totalQty: text(plan.totalQty),
    sliceQty: text(plan.sliceQty),
    seconds: String(plan.intervalMs / 1000),
    randomizePct: text(plan.randomizePct),
    limitOffsetBps: text(plan.limitOffsetBps),
    maxParticipationPct: text(plan.maxParticipationPct),
  };
}

/** What replaces a plan's terms: the form's, with the price bounds that the form does not show. Whether it runs stays. */
export function changesOf(given: Omit<Fields, "autoStart">, plan: TwapPlan): Omit<TwapTerms, "autoStart"> {
  const { name, totalQty, sliceQty, intervalMs, legs, randomizePct, limitOffsetBps, maxParticipationPct } = termsOf({ ...given, autoStart: false });
  return {
    name,
    totalQty,
    sliceQty,
    intervalMs,
    legs: legs.map((leg) => ({ ...leg, ...bound(leg, plan) })),
    ...(randomizePct === undefined ? {} : { randomizePct }),
    ...(limitOffsetBps === undefined ? {} : { limitOffsetBps }),
    ...(maxParticipationPct === undefined ? {} : { maxParticipationPct }),
  };
}

function bound(leg: Leg, plan: TwapPlan): { price?: string } {
  const before = plan.legs.find((one) => nameOf(one) === nameOf(leg) && one.side === leg.side);
  return before?.price == null ? {} : { price: String(before.price) };
}

function place(name: string, side: Side): Leg {
  const [exchange = "", type = "", symbol = ""] = name.split(":");
  return { exchange, symbol, type: type === "linear" ? "linear" : "spot", side };
}
