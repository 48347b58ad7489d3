// How far the venues' holdings of one asset have drifted apart: what was bought here and sold there cancels out.
import Big from "big.js";
import type { Position } from "@/api/types";
import { big } from "@/shared/lib/amount";

export interface Imbalance {
  base: string;
  /** All venues together, base units: what is not hedged. */
  net: string;
  /** By venue and product, base units. */
  parts: { place: string; qty: string }[];
}

/** Positions by base asset; the least hedged first. */
export function imbalances(positions: readonly Position[], baseOf: (position: Position) => string): Imbalance[] {
  const groups = new Map<string, Position[]>();
  for (const position of positions) {
    const base = baseOf(position);
    groups.set(base, [...(groups.get(base) ?? []), position]);
  }
  const rows = [...groups].map(([base, held]) => ({
    base,
    net: held.reduce((total, { qty }) => total.plus(big(qty) ?? 0), new Big(0)),
    parts: held.map(({ exchange, type, qty }) => ({ place: `${exchange} ${type}`, qty: (big(qty) ?? new Big(0)).toFixed() })),
  }));
  return rows.sort((a, b) => b.net.abs().cmp(a.net.abs())).map((row) => ({ ...row, net: row.net.toFixed() }));
}
