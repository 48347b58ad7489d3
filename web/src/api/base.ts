// The cache of what the server said. Resources add their endpoints; components use the generated hooks only.
import { createApi, type BaseQueryFn } from "@reduxjs/toolkit/query/react";
import { sessionEnded } from "@/state/session";
import { ask, isFault, type Ask, type Fault } from "./client";

export const TAGS = [
  "Alerts",
  "ApiKeys",
  "Audit",
  "Balances",
  "Exchanges",
  "Health",
  "Instruments",
  "Keys",
  "Limits",
  "Opportunities",
  "Orders",
  "Pairs",
  "Performance",
  "Plans",
  "Positions",
  "Protections",
  "Risk",
  "Sessions",
  "Spreads",
  "System",
  "Trades",
  "Twaps",
  "Users",
] as const;
export type Tag = (typeof TAGS)[number];

const baseQuery: BaseQueryFn<Ask, unknown, Fault> = async (request, { signal, dispatch }) => {
  try {
    return { data: await ask({ ...request, signal }, () => dispatch(sessionEnded({ byItself: true }))) };
  } catch (fault) {
    if (isFault(fault)) return { error: fault };
    throw fault;
  }
};

export const api = createApi({
  reducerPath: "api",
  baseQuery,
  tagTypes: TAGS,
  keepUnusedDataFor: 30,
  refetchOnMountOrArgChange: 10,
  endpoints: () => ({}),
});

/** `{a: 1, b: undefined}` -> `?a=1`. */
export function query(fields: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}
