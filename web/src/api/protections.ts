// Stop loss, take profit and trail of positions.
import { api } from "./base";
import type { Page, Product, Protection, ProtectionId } from "./types";

export interface Levels {
  stopLoss?: string;
  takeProfit?: string;
  trailingPct?: string;
  venueStopPct?: string;
  qty?: string;
}
export type ProtectionTerms = Levels & { exchange: string; account: string; symbol: string; type: Product };

const ALL = "/api/trading/protections";
const ONE = (id: string) => `${ALL}/${encodeURIComponent(id)}`;

export const protections = api.injectEndpoints({
  endpoints: (build) => ({
    protections: build.query<Protection[], void>({
      query: () => ({ path: `${ALL}?limit=100` }),
      transformResponse: (page: Page<Protection>) => page.items,
      providesTags: ["Protections"],
    }),
    setProtection: build.mutation<ProtectionId, { terms: ProtectionTerms; key: string }>({
      query: ({ terms, key }) => ({ method: "POST", path: ALL, body: terms, idempotencyKey: key }),
      invalidatesTags: ["Protections"],
    }),
    changeProtection: build.mutation<ProtectionId, { id: string; levels: Levels }>({
      query: ({ id, levels }) => ({ method: "PUT", path: ONE(id), body: levels }),
      invalidatesTags: ["Protections"],
    }),
    removeProtection: build.mutation<unknown, string>({
      query: (id) => ({ method: "DELETE", path: ONE(id) }),
      invalidatesTags: ["Protections"],
    }),
  }),
});

export const { useProtectionsQuery, useSetProtectionMutation, useChangeProtectionMutation, useRemoveProtectionMutation } = protections;
