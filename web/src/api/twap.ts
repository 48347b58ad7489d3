// TWAP plans.
import { api } from "./base";
import { withAnswer } from "./merge";
import type { Page, Product, Side, TwapPlan } from "./types";

export interface TwapTerms {
  name: string;
  totalQty: string;
  sliceQty: string;
  intervalMs: number;
  legs: { exchange: string; symbol: string; type: Product; side: Side; price?: string }[];
  randomizePct?: string;
  limitOffsetBps?: number;
  maxParticipationPct?: string;
  autoStart: boolean;
}
export type TwapAction = "start" | "pause" | "resume" | "cancel";

const ONE = (planId: string) => `/api/twap/plans/${encodeURIComponent(planId)}`;

export const twap = api.injectEndpoints({
  endpoints: (build) => ({
    twaps: build.query<Page<TwapPlan>, void>({
      query: () => ({ path: "/api/twap/plans?limit=100" }),
      providesTags: ["Twaps"],
      merge: (known, answer) => ({ ...answer, items: withAnswer(known.items, answer.items) }),
    }),
    createTwap: build.mutation<{ planId: string }, { terms: TwapTerms; key: string }>({
      query: ({ terms, key }) => ({ method: "POST", path: "/api/twap/plans", body: terms, idempotencyKey: key }),
      invalidatesTags: ["Twaps"],
    }),
    changeTwap: build.mutation<unknown, { planId: string; terms: Omit<TwapTerms, "autoStart"> }>({
      query: ({ planId, terms }) => ({ method: "PUT", path: ONE(planId), body: terms }),
      invalidatesTags: ["Twaps"],
    }),
    controlTwap: build.mutation<unknown, { planId: string; action: TwapAction }>({
      query: ({ planId, action }) => ({
        method: "POST",
        path: `/api/twap/${encodeURIComponent(planId)}/control`,
        body: { action },
      }),
      invalidatesTags: ["Twaps"],
    }),
    deleteTwap: build.mutation<unknown, string>({
      query: (planId) => ({ method: "DELETE", path: ONE(planId) }),
      invalidatesTags: ["Twaps"],
    }),
  }),
});

export const { useTwapsQuery, useCreateTwapMutation, useChangeTwapMutation, useControlTwapMutation, useDeleteTwapMutation } = twap;
