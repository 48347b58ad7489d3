// Plans and manual executions.
import { api, query } from "./base";
import { withAnswer } from "./merge";
import type { Execution, Page, Plan } from "./types";

export interface PlansFilter {
  state?: string;
  pairId?: string;
}

export const arbitrage = api.injectEndpoints({
  endpoints: (build) => ({
    plans: build.query<Page<Plan>, void>({
      query: () => ({ path: "/api/arbitrage/plans?limit=100" }),
      providesTags: ["Plans"],
      merge: (known, answer) => ({ ...answer, items: withAnswer(known.items, answer.items) }),
    }),
    planHistory: build.infiniteQuery<Page<Plan>, PlansFilter, string | undefined>({
      infiniteQueryOptions: {
        initialPageParam: undefined,
        getNextPageParam: (last) => last.nextCursor ?? undefined,
        maxPages: 20,
      },
      query: ({ queryArg, pageParam }) => ({
        path: `/api/arbitrage/plans${query({ ...queryArg, cursor: pageParam, limit: 100 })}`,
      }),
      providesTags: ["Plans"],
    }),
    plan: build.query<Plan, string>({
      query: (planId) => ({ path: `/api/arbitrage/plans/${encodeURIComponent(planId)}` }),
      providesTags: ["Plans"],
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

export const {
  usePlansQuery,
  usePlanHistoryInfiniteQuery,
  usePlanQuery,
  useExecuteMutation,
  useUnwindMutation,
} = arbitrage;
