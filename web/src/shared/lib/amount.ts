// Decimal arithmetic and the look of amounts. Nothing here turns money into a float, except `plot` for pixels.
import Big from "big.js";
import type { Amount } from "./exact";

Big.NE = -19;
Big.PE = 40;

/** U+2212 has the width of a plus sign, so that columns of digits stay aligned. */
export const MINUS = "−";
export const NONE = "–";
const DECIMALS_MAX = 18;

export type MaybeAmount = Amount | null | undefined;

/** The decimal, or null for what is missing or no number. */
export function big(amount: MaybeAmount): Big | null {
  if (amount == null || amount === "") return null;
  try {
    return new Big(amount);
  } catch {
    return null;
  }
}

/** Digits behind the point of a step: 0.00001 -> 5, 1 -> 0. */
export function decimalsOf(step: MaybeAmount): number | undefined {
  const value = big(step);
  if (value === null || value.lte(0)) return undefined;
  return Math.min(DECIMALS_MAX, Math.max(0, value.c.length - 1 - value.e));
}

export interface Look {
  /** Fixed digits behind the point; without it the amount's own. */
  decimals?: number | undefined;
  /** Shows + before what is above zero. */
  signed?: boolean;
}

/** `1234567.5` -> `1,234,567.50`. What is not zero never shows as zero: then all its digits are shown. */
export function formatAmount(amount: MaybeAmount, look: Look = {}): string {
  const value = big(amount);
  if (value === null) return NONE;
  const fixed = look.decimals === undefined ? value.abs() : value.abs().round(look.decimals, Big.roundHalfEven);
  const hidden = fixed.eq(0) && !value.eq(0);
  const text = hidden ? value.abs().toFixed() : look.decimals === undefined ? fixed.toFixed() : fixed.toFixed(look.decimals);
  const [whole = "0", part] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const sign = value.lt(0) ? MINUS : look.signed && value.gt(0) ? "+" : "";
  return `${sign}${grouped}${part === undefined ? "" : `.${part}`}`;
}

export function formatPercent(amount: MaybeAmount, look: Look = { decimals: 3 }): string {
  const text = formatAmount(amount, look);
  return text === NONE ? text : `${text} %`;
}

export function signOf(amount: MaybeAmount): -1 | 0 | 1 {
  const value = big(amount);
  return value === null || value.eq(0) ? 0 : value.gt(0) ? 1 : -1;
}

export function sum(amounts: readonly MaybeAmount[]): Big {
  return amounts.reduce<Big>((total, amount) => total.plus(big(amount) ?? 0), new Big(0));
}

/** `part` of `whole` in percent, 0 to 100, for bars; null when there is no whole. */
export function share(part: MaybeAmount, whole: MaybeAmount): number | null {
  const [a, b] = [big(part), big(whole)];
  if (a === null || b === null || b.lte(0)) return null;
  return Math.min(100, Math.max(0, a.div(b).times(100).toNumber()));
}

/** A chart's y coordinate: pixels need no exactness, nothing else may use it. */
export function plot(amount: MaybeAmount): number | null {
  const value = big(amount);
  return value === null ? null : value.toNumber();
}
