// What happened, newest first, as the stream told it: a ring that can not grow, each event once.
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";

export const FEED_MAX = 500;
export const ALERTS_MAX = 50;

export type Severity = "info" | "warning" | "critical";

export interface FeedEntry {
  seq: number;
  ts: number;
  event: string;
  severity: Severity;
  /** Plan, pair, order or venue that it is about. */
  subject: string;
  text: string;
}

export interface Feed {
  entries: FeedEntry[];
  alerts: FeedEntry[];
}

export function withEntries(entries: FeedEntry[], fresh: readonly FeedEntry[], max: number): FeedEntry[] {
  const known = new Set(entries.map((entry) => entry.seq));
  const added = fresh.filter((entry) => !known.has(entry.seq) && known.add(entry.seq));
  if (added.length === 0) return entries;
  return [...added, ...entries].sort((a, b) => b.seq - a.seq).slice(0, max);
}

const slice = createSlice({
  name: "feed",
  initialState: { entries: [], alerts: [] } as Feed,
  reducers: {
    told: (state, action: PayloadAction<readonly FeedEntry[]>): Feed => ({
      entries: withEntries(state.entries, action.payload, FEED_MAX),
      alerts: withEntries(
        state.alerts,
        action.payload.filter((entry) => entry.severity !== "info"),
        ALERTS_MAX,
      ),
    }),
    forgotten: (): Feed => ({ entries: [], alerts: [] }),
  },
});

export const { told: feedTold, forgotten: feedForgotten } = slice.actions;
export const feed = slice.reducer;
