// A plan's timeline as marks on one lane of time per leg.
import type { Plan } from "@/api/types";

export interface Mark {
  leg: number;
  event: string;
  kind: "order" | "fill" | "fail";
  /** Since the plan began. */
  ms: number;
  /** Of the plan's duration. */
  percent: number;
}

const KINDS: Readonly<Record<string, Mark["kind"]>> = { order: "order", fill: "fill" };

export function lanesOf(plan: Pick<Plan, "timeline" | "createdTs">): { spanMs: number; marks: Mark[] } {
  const last = Math.max(plan.createdTs, ...plan.timeline.map((entry) => entry.ts));
  const spanMs = Math.max(1, last - plan.createdTs);
  const marks = plan.timeline.flatMap((entry): Mark[] => {
    const leg = /\bleg([12])\b/.exec(entry.text ?? "")?.[1];
    if (leg === undefined) return [];
    const ms = entry.ts - plan.createdTs;
    // The mark is 3 px wide, so that the last one stays inside its lane.
    return [{ leg: Number(leg), event: entry.event, kind: KINDS[entry.event] ?? "fail", ms, percent: Math.min(98, (ms / spanMs) * 98) }];
  });
  return { spanMs, marks };
}
