// Limits, their use, and the two ways to stop.
import type { Amount } from "@/shared/lib/exact";
import { api } from "./base";
import type { Limit, RiskMetrics } from "./types";

export interface LimitChange {
  name: string;
  scope: string;
  id: string;
  value: Amount | null;
}
export type KillMode = "reduce_only" | "halt";

export const risk = api.injectEndpoints({
  endpoints: (build) => ({
    limits: build.query<Limit[], void>({ query: () => ({ path: "/api/risk/limits" }), providesTags: ["Limits"] }),
    setLimits: build.mutation<Limit[], { limits: LimitChange[]; totp?: string | undefined }>({
      query: ({ limits, totp }) => ({ method: "PUT", path: "/api/risk/limits", body: { limits }, totp }),
      invalidatesTags: ["Limits", "Risk"],
    }),
    riskMetrics: build.query<RiskMetrics, void>({ query: () => ({ path: "/api/risk/metrics" }), providesTags: ["Risk"] }),
    kill: build.mutation<unknown, { reason: string; mode: KillMode }>({
      query: (body) => ({ method: "POST", path: "/api/risk/kill", body }),
      invalidatesTags: ["Risk", "Health", "Orders"],
    }),
    reset: build.mutation<unknown, { totp?: string | undefined }>({
      query: ({ totp }) => ({ method: "POST", path: "/api/risk/reset", body: {}, totp }),
      invalidatesTags: ["Risk", "Health"],
    }),
  }),
});

export const { useLimitsQuery, useSetLimitsMutation, useRiskMetricsQuery, useKillMutation, useResetMutation } = risk;
