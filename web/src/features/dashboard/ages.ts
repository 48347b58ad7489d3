import type { Opportunity } from "@/api/types";

/** The oldest book in use at each venue, ms, as the opportunities tell of their legs. */
export function bookAges(edges: readonly Opportunity[]): Readonly<Record<string, number>> {
  const ages: Record<string, number> = {};
  for (const edge of edges) {
    for (const side of [edge.buy, edge.sell]) {
      const age = edge.bookAgesMs[side.leg - 1];
      if (age !== undefined) ages[side.exchange] = Math.max(ages[side.exchange] ?? 0, age);
    }
  }
  return ages;
}
