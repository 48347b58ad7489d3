// Orders, fills, positions, balances, profit.
import { api, query } from "./base";
import type { Balance, EquitySample, Order, Page, Performance, Placed, Position, Product, Side, Trade } from "./types";

export interface HistoryFilter {
  state?: string | undefined;
  exchange?: string | undefined;
  symbol?: string | undefined;
  plan?: string | undefined;
}

export interface OrderTerms {
  exchange: string;
  symbol: string;
  type: Product;
  side: Side;
  orderType: "limit" | "market";
  qty: string;
  price?: string;
  timeInForce?: string;
  postOnly?: boolean;
  reduceOnly: boolean;
  stopLoss?: string;
  takeProfit?: string;
  trailingPct?: string;
}

const ORDER = (orderId: string) => `/api/trading/orders/${encodeURIComponent(orderId)}`;
const PAGES = { initialPageParam: undefined, maxPages: 20 } as const;
const nextOf = (last: { nextCursor: string | null }) => last.nextCursor ?? undefined;

export const trading = api.injectEndpoints({
  endpoints: (build) => ({
    openOrders: build.query<Order[], void>({
      query: () => ({ path: "/api/trading/orders?state=open&limit=1000" }),
      transformResponse: (page: Page<Order>) => page.items,
      providesTags: ["Orders"],
    }),
    orders: build.infiniteQuery<Page<Order>, HistoryFilter, string | undefined>({
      infiniteQueryOptions: { ...PAGES, getNextPageParam: nextOf },
      query: ({ queryArg, pageParam }) => ({
        path: `/api/trading/orders${query({ ...queryArg, cursor: pageParam, limit: 50 })}`,
      }),
      providesTags: ["Orders"],
    }),
    trades: build.infiniteQuery<Page<Trade>, HistoryFilter, string | undefined>({
      infiniteQueryOptions: { ...PAGES, getNextPageParam: nextOf },
      query: ({ queryArg, pageParam }) => ({
        path: `/api/trading/trades${query({ ...queryArg, cursor: pageParam, limit: 50 })}`,
      }),
      providesTags: ["Trades"],
    }),
    tradesOfPlan: build.query<Trade[], string>({
      query: (plan) => ({ path: `/api/trading/trades${query({ plan, limit: 1000 })}` }),
      transformResponse: (page: Page<Trade>) => page.items,
      providesTags: ["Trades"],
    }),
    order: build.query<Order, string>({ query: (orderId) => ({ path: ORDER(orderId) }), providesTags: ["Orders"] }),
    placeOrder: build.mutation<Placed, { terms: OrderTerms; key: string }>({
      query: ({ terms, key }) => ({ method: "POST", path: "/api/trading/orders", body: terms, idempotencyKey: key }),
      invalidatesTags: ["Orders", "Protections"],
    }),
    cancelOrder: build.mutation<unknown, string>({
      query: (orderId) => ({ method: "DELETE", path: ORDER(orderId) }),
      invalidatesTags: ["Orders"],
    }),
    positions: build.query<Position[], void>({
      query: () => ({ path: "/api/trading/positions" }),
      providesTags: ["Positions"],
    }),
    balances: build.query<Balance[], void>({ query: () => ({ path: "/api/balance" }), providesTags: ["Balances"] }),
    performance: build.query<Performance, void>({
      query: () => ({ path: "/api/trading/performance" }),
      providesTags: ["Performance"],
    }),
    equity: build.query<EquitySample[], { spanMs: number }>({
      query: ({ spanMs }) => ({ path: `/api/trading/performance/history${query({ from: Date.now() - spanMs, limit: 500 })}` }),
      providesTags: ["Performance"],
    }),
  }),
});

export const {
  useOpenOrdersQuery,
  useOrdersInfiniteQuery,
  useTradesInfiniteQuery,
  useTradesOfPlanQuery,
  useOrderQuery,
  usePlaceOrderMutation,
  useCancelOrderMutation,
  usePositionsQuery,
  useBalancesQuery,
  usePerformanceQuery,
  useEquityQuery,
} = trading;
