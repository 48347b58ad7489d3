import { expect, it } from "vitest";
import type { FeedEntry } from "@/state/feed";
import { matching } from "./filter";

const entries = [
  { seq: 2, ts: 2, event: "order_failed", severity: "warning", subject: "plan_1", text: "bybit ETHUSDT refused" },
  { seq: 1, ts: 1, event: "order_filled", severity: "info", subject: "plan_1", text: "buy 0.2 binance BTCUSDT" },
] as FeedEntry[];

it.each([
  ["nothing asked", {}, [2, 1]],
  ["a severity", { severity: "warning" }, [2]],
  ["a kind", { event: "order_filled" }, [1]],
  ["words in any order and case", { text: "btcusdt  BUY" }, [1]],
  ["the subject", { text: "plan_1" }, [2, 1]],
  ["all at once, and nothing fits", { severity: "info", text: "bybit" }, []],
] as const)("%s", (_, wanted, seqs) => {
  const all = { severity: undefined, event: undefined, text: "", ...wanted };
  expect(matching(entries, all).map((entry) => entry.seq)).toEqual(seqs);
});
