// Limits that are set, and those that could be, with what of them is used.
import type { Amount } from "@/shared/lib/exact";
import type { Limit, LimitUse } from "@/api/types";

export interface LimitRow {
  name: string;
  unit: string;
  scope: string;
  id: string;
  value: Amount | null;
  /** What holds while the value is null. */
  byDefault: Amount | null;
  /** Null where the limit judges single orders, or where its use is not told. */
  used: Amount | null;
}

/** What judges single orders, which leave nothing standing that could be shown. */
export const PER_ORDER: ReadonlySet<string> = new Set(["order_notional_max", "price_collar_bps", "slippage_max_bps"]);

export function limitRows(limits: readonly Limit[], uses: readonly LimitUse[]): LimitRow[] {
  const byKey = new Map(uses.map((use) => [`${use.name}:${use.scope}`, use]));
  const rows = limits.map((limit) => {
    const use = limit.id === "" ? byKey.get(`${limit.name}:${limit.scope}`) : undefined;
    return { ...limit, byDefault: use?.byDefault ?? null, used: use?.used ?? null };
  });
  const known = new Set(rows.map((row) => `${row.name}:${row.scope}`));
  const unset = uses
    .filter((use) => !known.has(`${use.name}:${use.scope}`))
    .map((use) => ({ name: use.name, unit: use.unit, scope: use.scope, id: "", value: use.limit, byDefault: use.byDefault, used: use.used }));
  return [...rows, ...unset];
}
