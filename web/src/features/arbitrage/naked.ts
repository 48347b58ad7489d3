// Which plans hold one leg without the other.
import type { Plan } from "@/api/types";
import { signOf } from "@/shared/lib/amount";

/** A fill of one leg stands alone for moments in every plan; longer than this it is an alarm. */
export const GRACE_MS = 3_000;
const OVER = new Set(["HEDGED", "UNWOUND", "EXPIRED"]);

/** Plans with an open residual: those under way for longer than the grace, and those that ended with one. */
export function nakedPlans(plans: readonly Plan[], now: number): Plan[] {
  return plans.filter(
    (plan) => signOf(plan.residual) !== 0 && !OVER.has(plan.state) && (plan.endedTs !== null || now - plan.createdTs > GRACE_MS),
  );
}
