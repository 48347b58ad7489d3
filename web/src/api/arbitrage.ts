// Plans and manual executions.
import { api } from "./base";
import { withAnswer } from "./merge";
import type { Execution, Page, Plan } from "./types";

export const arbitrage = api.injectEndpoints({
  endpoints: (build) => ({
    plans: build.query<Page<Plan>, void>({
      query: () => ({ path: "/api/arbitrage/plans?limit=100" }),
      providesTags: ["Plans"],
      merge: (known, answer) => ({ ...answer, items: withAnswer(known.items, answer.items) }),
    }),
    execute: build.mutation<Execution, { pairId: string; key: string }>({
      query: ({ pairId, key }) => ({
        method: "POST",
        path: `/api/arbitrage/execute/${encodeURIComponent(pairId)}`,
        body: {},
        idempotencyKey: key,
      }),
      invalidatesTags: ["Plans"],
    }),
    unwind: build.mutation<unknown, string>({
      query: (planId) => ({ method: "POST", path: `/api/arbitrage/plans/${encodeURIComponent(planId)}/unwind`, body: {} }),
      invalidatesTags: ["Plans", "Positions"],
    }),
  }),
});

export const { usePlansQuery, useExecuteMutation, useUnwindMutation } = arbitrage;
