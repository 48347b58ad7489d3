// Venues, health, latencies.
import { parseExact } from "@/shared/lib/exact";
import { api, query } from "./base";
import type { Alert, ExchangeStatus, Page, SystemStatus } from "./types";

export interface HealthPart {
  status: string;
  detail?: string;
}
export interface HealthState {
  status: "healthy" | "degraded" | "unhealthy" | "unreachable";
  mode: string;
  simulated: boolean;
  components: Record<string, HealthPart>;
  unsynced: string[];
}

const UNREACHABLE: HealthState = { status: "unreachable", mode: "", simulated: false, components: {}, unsynced: [] };

export const system = api.injectEndpoints({
  endpoints: (build) => ({
    exchanges: build.query<ExchangeStatus[], void>({
      query: () => ({ path: "/api/exchanges" }),
      providesTags: ["Exchanges"],
    }),
    systemStatus: build.query<SystemStatus, void>({
      query: () => ({ path: "/api/system/status" }),
      providesTags: ["System"],
    }),
    latestAlerts: build.query<Alert[], number>({
      query: (limit) => ({ path: `/api/monitoring/alerts${query({ limit })}` }),
      transformResponse: (page: Page<Alert>) => page.items,
      providesTags: ["Alerts"],
    }),
    alerts: build.infiniteQuery<Page<Alert>, { severity?: string | undefined }, string | undefined>({
      infiniteQueryOptions: { initialPageParam: undefined, maxPages: 20, getNextPageParam: (last) => last.nextCursor ?? undefined },
      query: ({ queryArg, pageParam }) => ({ path: `/api/monitoring/alerts${query({ ...queryArg, cursor: pageParam, limit: 100 })}` }),
      providesTags: ["Alerts"],
    }),
    // Public, and outside the envelope when the process is not ready: read as it is.
    health: build.query<HealthState, void>({
      queryFn: async () => {
        try {
          const answer = await fetch("/health", { cache: "no-store" });
          return { data: parseExact(await answer.text()) as HealthState };
        } catch {
          return { data: UNREACHABLE };
        }
      },
      providesTags: ["Health"],
    }),
  }),
});

export const { useLatestAlertsQuery, useAlertsInfiniteQuery, useExchangesQuery, useSystemStatusQuery, useHealthQuery } = system;
