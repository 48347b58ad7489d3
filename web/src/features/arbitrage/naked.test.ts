import { expect, it } from "vitest";
import type { Plan } from "@/api/types";
import { GRACE_MS, nakedPlans } from "./naked";

const NOW = 1_000_000;
const plan = (state: string, residual: string, age: number, endedTs: number | null = null) =>
  ({ state, residual, createdTs: NOW - age, endedTs }) as unknown as Plan;

it.each([
  ["one leg alone for too long", plan("HEDGING", "0.02", GRACE_MS + 1), true],
  ["one leg alone for a moment", plan("WORKING", "0.02", 10), false],
  ["both legs equal", plan("WORKING", "0.000", 60_000), false],
  ["given up with a rest", plan("REPORTED", "-0.00001", 10, NOW), true],
  ["hedged within a lot", plan("HEDGED", "0.00001", 60_000, NOW), false],
])("%s", (_, one, naked) => {
  expect(nakedPlans([one], NOW).length === 1).toBe(naked);
});
