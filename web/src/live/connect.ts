// Joins the stream to the store. Events are collected for a moment and applied together, so that a burst of them costs
// one rendering; stale lists are read again once in a while at most.
import type { Middleware, ThunkDispatch, UnknownAction } from "@reduxjs/toolkit";
import { arbitrage } from "@/api/arbitrage";
import { ticket } from "@/api/auth";
import { TAGS, api, type Tag } from "@/api/base";
import { monitoring } from "@/api/monitoring";
import { system } from "@/api/system";
import { twap } from "@/api/twap";
import { feedForgotten, feedTold, type FeedEntry } from "@/state/feed";
import { linkChanged } from "@/state/link";
import { sessionBegan, sessionEnded } from "@/state/session";
import { STALE, withExchange, withOpportunity, withPlan, withTwapProgress } from "./apply";
import { tellPrice } from "./prices";
import { Stream, type StreamEvent } from "./socket";
import { storyOf } from "./story";

const APPLY_MS = 200;
const STALE_MS = 1_500;
/** More than this at once means that the page slept: then everything is read again instead. */
export const WAITING_MAX = 2_000;
const CHANNELS = ["pairs:*", "orders", "twap", "plans", "balances", "status", "alerts"];

// Any state: what is dispatched here reads none of it but the cache's own part.
type Dispatch = ThunkDispatch<never, unknown, UnknownAction>;
let stream: Stream | null = null;

/** Listens to a channel until the returned function is called; nothing while logged out. */
export const wantChannel = (channel: string): (() => void) => stream?.want(channel) ?? (() => undefined);

/** A key event of this page for the central log. */
export function report(event: string, data: Record<string, string | number | boolean | null> = {}): void {
  stream?.say({ op: "log", events: [{ event, data, ts: Date.now() }] });
}

/** Runs the stream while somebody is logged in. */
export const live: Middleware = ({ dispatch }) => {
  return (next) => (action) => {
    const result = next(action);
    if (sessionBegan.match(action)) {
      stream ??= openStream(dispatch as Dispatch);
      stream.start();
    } else if (sessionEnded.match(action)) {
      stream?.stop();
      stream = null;
      dispatch(feedForgotten());
      dispatch(api.util.resetApiState());
    }
    return result;
  };
};

function openStream(dispatch: Dispatch): Stream {
  const inbox = new Inbox(dispatch);
  let broken = false;
  return new Stream(
    {
      ticket: () => ticket(() => dispatch(sessionEnded({ byItself: true }))),
      open: (one) => {
        const scheme = location.protocol === "https:" ? "wss" : "ws";
        return new WebSocket(`${scheme}://${location.host}/ws?ticket=${encodeURIComponent(one)}`);
      },
      later: (work, ms) => window.setTimeout(work, ms),
      never: (timer) => window.clearTimeout(timer),
      random: Math.random,
    },
    {
      event: (event) => inbox.put(event),
      gap: () => dispatch(api.util.invalidateTags([...TAGS])),
      state: (state, reason) => {
        dispatch(linkChanged({ state, now: Date.now(), reason }));
        if (state === "live") report(broken ? "stream_resumed" : "page_open", { page: location.pathname });
        if (state === "lost") broken = true;
      },
    },
    CHANNELS,
  );
}

/** Events on their way into the store; bounded. */
class Inbox {
  private waiting: StreamEvent[] = [];
  private stale = new Set<Tag>();
  private applying = 0;
  private reading = 0;

  constructor(private readonly dispatch: Dispatch) {}

  put(event: StreamEvent): void {
    if (event.event === "price_update") {
      tellPrice(event.data);
      return;
    }
    if (this.waiting.length >= WAITING_MAX) {
      this.waiting = [];
      TAGS.forEach((tag) => this.stale.add(tag));
    }
    this.waiting.push(event);
    this.applying ||= window.setTimeout(() => this.apply(), APPLY_MS);
  }

  private apply(): void {
    const events = this.waiting;
    this.waiting = [];
    this.applying = 0;
    const stories: FeedEntry[] = [];
    for (const event of events) {
      const story = storyOf(event);
      if (story !== null) stories.push(story);
      for (const tag of STALE[event.event] ?? []) this.stale.add(tag);
      this.patch(event);
    }
    if (stories.length > 0) this.dispatch(feedTold(stories));
    if (this.stale.size > 0) this.reading ||= window.setTimeout(() => this.read(), STALE_MS);
  }

  private read(): void {
    const tags = [...this.stale];
    this.stale.clear();
    this.reading = 0;
    this.dispatch(api.util.invalidateTags(tags));
  }

  private patch({ event, data }: StreamEvent): void {
    const { dispatch } = this;
    if (event === "opportunity") {
      dispatch(monitoring.util.updateQueryData("opportunities", undefined, (rows) => withOpportunity(rows, data)));
    } else if (event === "plan_update") {
      dispatch(arbitrage.util.updateQueryData("plans", undefined, (page) => ({ ...page, items: withPlan(page.items, data) })));
    } else if (event === "twap_progress") {
      dispatch(
        twap.util.updateQueryData("twaps", undefined, (page) => ({ ...page, items: withTwapProgress(page.items, data) })),
      );
    } else if (event === "exchange_status") {
      dispatch(system.util.updateQueryData("exchanges", undefined, (rows) => withExchange(rows, data)));
    }
  }
}
