// Refusals as sentences.
import type { SerializedError } from "@reduxjs/toolkit";
import type { Locale } from "@/shared/i18n/locale";
import { isFault, type Fault } from "./client";

type Problem = Fault | SerializedError | undefined;

/** `Risk check refused: order_notional_max (limit 20000, actual 27480)`. */
export function faultText(problem: unknown, { t, word }: Pick<Locale, "t" | "word">): string {
  const fault = problem as Problem;
  if (!isFault(fault)) return fault?.message ?? t("error.INTERNAL");
  if (fault.status === 0) return t("error.OFFLINE");
  const facts = Object.entries(fault.details ?? {})
    .filter(([, value]) => typeof value === "string" || typeof value === "number")
    .map(([name, value]) => `${name}: ${String(value)}`);
  const more = facts.length > 0 ? ` (${facts.join(", ")})` : "";
  return `${word("error", fault.code)}: ${fault.message}${more}`;
}
