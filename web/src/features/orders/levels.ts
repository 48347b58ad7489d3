// Where a stop and a target have to lie: judged before the server is asked, which judges them again.
import { big, type MaybeAmount } from "@/shared/lib/amount";

export type LevelProblem = "stop_side" | "target_side";

export interface LevelFields {
  stopLoss?: string;
  takeProfit?: string;
  trailingPct?: string;
  venueStopPct?: string;
}

/** `long`: what is protected was bought. `price`: at which it could be closed now; nothing is judged without it. */
export function levelProblems(fields: LevelFields, long: boolean, price: MaybeAmount): LevelProblem[] {
  const [stop, target, at] = [big(fields.stopLoss?.trim()), big(fields.takeProfit?.trim()), big(price)];
  const problems: LevelProblem[] = [];
  if (at !== null) {
    if (stop !== null && (long ? stop.gte(at) : stop.lte(at))) problems.push("stop_side");
    if (target !== null && (long ? target.lte(at) : target.gte(at))) problems.push("target_side");
  }
  return problems;
}

/** The levels that were typed; empty ones are left out. */
export function levelsOf(fields: LevelFields & { qty?: string }): LevelFields & { qty?: string } {
  const typed = Object.entries(fields).map(([name, value]) => [name, (value ?? "").trim()] as const);
  return Object.fromEntries(typed.filter(([, value]) => value !== ""));
}
