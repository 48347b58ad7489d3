// The last mid prices of one instrument, one for each second; bounded.

export const TRAIL_MAX = 600;

export interface Point {
  time: number;
  value: number;
}

/** The trail with one more price; of several within a second the last counts, and none goes back in time. */
export function extended(trail: readonly Point[], ts: number, value: number): readonly Point[] {
  const time = Math.floor(ts / 1000);
  const last = trail.at(-1);
  if (last !== undefined && time < last.time) return trail;
  const kept = last?.time === time ? trail.slice(0, -1) : trail;
  return [...kept.slice(-(TRAIL_MAX - 1)), { time, value }];
}
