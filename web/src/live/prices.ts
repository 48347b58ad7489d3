// The newest price of each instrument that somebody on the page looks at. Outside the store: prices move many times a
// second and concern one component each.
import type { Leg } from "@/api/types";

export interface LivePrice {
  bid: string;
  ask: string;
  bidQty: string;
  askQty: string;
  ts: number;
}

const prices = new Map<string, LivePrice>();
const listeners = new Map<string, Set<() => void>>();

export const instrumentName = (leg: Leg) => `${leg.exchange}:${leg.type}:${leg.symbol}`;
export const priceOf = (name: string): LivePrice | undefined => prices.get(name);

export function tellPrice(data: Record<string, unknown>): void {
  const name = instrumentName(data as unknown as Leg);
  const known = listeners.get(name);
  if (known === undefined) return;
  prices.set(name, data as unknown as LivePrice);
  known.forEach((listener) => listener());
}

export function listenPrice(name: string, listener: () => void): () => void {
  const known = listeners.get(name) ?? new Set();
  listeners.set(name, known.add(listener));
  return () => {
    known.delete(listener);
    if (known.size > 0) return;
    listeners.delete(name);
    prices.delete(name);
  };
}
