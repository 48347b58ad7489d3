import type { PairTerms } from "@/api/monitoring";
import type { Pair } from "@/api/types";

/** What of a pair may be sent back: amounts as their exact text. */
export function termsOf(pair: Pair): PairTerms {
  return {
    leg1: pair.leg1,
    leg2: pair.leg2,
    threshold: String(pair.threshold),
    qty: String(pair.qty),
    totalAmount: String(pair.totalAmount),
    direction: pair.direction,
    enabled: pair.enabled,
  };
}
