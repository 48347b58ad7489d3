import type { Opportunity } from "@/api/types";
import { big } from "@/shared/lib/amount";

/** Best net percent first; both directions of a pair stand for themselves. */
export function ranked(rows: readonly Opportunity[]): Opportunity[] {
  const net = (row: Opportunity) => big(row.netPercent);
  return [...rows].sort((a, b) => {
    const [x, y] = [net(a), net(b)];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0);
    return y.cmp(x);
  });
}
