// Pairs, their edges and their history; books and instruments.
import { api, query } from "./base";
import type { Book, Instrument, Leg, Opportunity, Pair, SpreadSample } from "./types";

export interface PairTerms {
  leg1: Leg;
  leg2: Leg;
  threshold: string;
  qty: string;
  totalAmount: string;
  direction: string;
  enabled: boolean;
}

export const monitoring = api.injectEndpoints({
  endpoints: (build) => ({
    pairs: build.query<Pair[], void>({ query: () => ({ path: "/api/monitoring/pairs" }), providesTags: ["Pairs"] }),
    opportunities: build.query<Opportunity[], void>({
      query: () => ({ path: "/api/monitoring/opportunities?limit=200" }),
      providesTags: ["Opportunities"],
    }),
    spreads: build.query<SpreadSample[], { pairId: string; spanMs: number }>({
      query: ({ pairId, spanMs }) => ({
        path: `/api/monitoring/pairs/${encodeURIComponent(pairId)}/history${query({ from: Date.now() - spanMs, limit: 500 })}`,
      }),
      providesTags: ["Spreads"],
    }),
    createPair: build.mutation<{ id: string }, PairTerms>({
      query: (body) => ({ method: "POST", path: "/api/monitoring/pairs", body }),
      invalidatesTags: ["Pairs", "Opportunities"],
    }),
    updatePair: build.mutation<unknown, { id: string; version: number; terms: PairTerms }>({
      query: ({ id, version, terms }) => ({
        method: "PUT",
        path: `/api/monitoring/pairs/${encodeURIComponent(id)}`,
        body: { ...terms, version },
      }),
      invalidatesTags: ["Pairs", "Opportunities"],
    }),
    deletePair: build.mutation<unknown, string>({
      query: (id) => ({ method: "DELETE", path: `/api/monitoring/pairs/${encodeURIComponent(id)}` }),
      invalidatesTags: ["Pairs", "Opportunities"],
    }),
    book: build.query<Book, { leg: Leg; depth: number }>({
      query: ({ leg, depth }) => ({
        path: `/api/prices/${leg.exchange}/${leg.symbol}${query({ type: leg.type, depth })}`,
      }),
    }),
    instruments: build.query<Instrument[], string | void>({
      query: (search) => ({ path: `/api/instruments${query({ search: search ?? "", limit: 1000 })}` }),
      providesTags: ["Instruments"],
      keepUnusedDataFor: 600,
    }),
  }),
});

export const {
  usePairsQuery,
  useOpportunitiesQuery,
  useSpreadsQuery,
  useCreatePairMutation,
  useUpdatePairMutation,
  useDeletePairMutation,
  useBookQuery,
  useInstrumentsQuery,
} = monitoring;
