// A single order as it is typed: what would be sent, what it comes to, and what speaks against it.
import type { OrderTerms } from "@/api/trading";
import type { Instrument, Product, Side } from "@/api/types";
import { big, type MaybeAmount } from "@/shared/lib/amount";
import { levelProblems, levelsOf, type LevelFields, type LevelProblem } from "./levels";

export type Kind = "limit" | "market";
export type Force = "GTC" | "IOC" | "FOK" | "PostOnly";

export interface TicketFields extends LevelFields {
  instrument: string;
  side: Side;
  kind: Kind;
  qty: string;
  price?: string;
  force: Force;
  reduceOnly: boolean;
}

export interface Touch {
  bid: MaybeAmount;
  ask: MaybeAmount;
}

export type TicketProblem = LevelProblem | "below_min" | "off_step" | "off_tick" | "below_notional";

export interface Judged {
  /** At which it would trade at best: its own, or the other side's best. */
  price: string | null;
  /** Quote units; null without a price. */
  notional: string | null;
  /** A limit order that would take from the book at once. */
  takes: boolean;
  problems: TicketProblem[];
}

/** Null while the quantity, or the price of a limit order, is no number above zero. */
export function judged(fields: Partial<TicketFields>, instrument: Instrument | undefined, touch: Touch): Judged | null {
  const qty = big(fields.qty?.trim());
  const own = fields.kind === "limit" ? big(fields.price?.trim()) : null;
  if (qty === null || qty.lte(0) || (fields.kind === "limit" && (own === null || own.lte(0)))) return null;
  const buys = fields.side !== "sell";
  const best = big(buys ? touch.ask : touch.bid);
  const price = own ?? best;
  const problems: TicketProblem[] = [];
  const step = big(instrument?.qtyStep);
  const tick = big(instrument?.priceStep);
  if (qty.lt(big(instrument?.qtyMin) ?? 0)) problems.push("below_min");
  if (step?.gt(0) && !qty.mod(step).eq(0)) problems.push("off_step");
  if (own !== null && tick?.gt(0) && !own.mod(tick).eq(0)) problems.push("off_tick");
  if (price !== null && !fields.reduceOnly && qty.times(price).lt(big(instrument?.notionalMin) ?? 0)) problems.push("below_notional");
  problems.push(...levelProblems(fields, buys, price?.toFixed()));
  return {
    price: price?.toFixed() ?? null,
    notional: price === null ? null : qty.times(price).toFixed(),
    takes: own !== null && best !== null && (buys ? own.gte(best) : own.lte(best)),
    problems,
  };
}

/** What is sent. */
export function termsOf(fields: TicketFields): OrderTerms {
  const [exchange = "", type = "", symbol = ""] = fields.instrument.split(":");
  const product: Product = type === "linear" ? "linear" : "spot";
  const limit = fields.kind === "limit" ? { price: (fields.price ?? "").trim(), timeInForce: fields.force } : {};
  const { stopLoss, takeProfit, trailingPct } = fields;
  return {
    exchange,
    symbol,
    type: product,
    side: fields.side,
    orderType: fields.kind,
    qty: fields.qty.trim(),
    reduceOnly: fields.reduceOnly,
    ...limit,
    ...(fields.kind === "limit" && fields.force === "PostOnly" ? { postOnly: true } : {}),
    ...levelsOf({ ...(stopLoss === undefined ? {} : { stopLoss }), ...(takeProfit === undefined ? {} : { takeProfit }), ...(trailingPct === undefined ? {} : { trailingPct }) }),
  };
}
