// Moments as text, in UTC or in the reader's own zone; always 24 hours, year first.

export type Zone = "utc" | "local";
export type Detail = "time" | "ms" | "full" | "date";

const pad = (value: number, length = 2) => String(value).padStart(length, "0");

/** `ts`: epoch milliseconds. `2026-11-21 02:08:15` in full; times of the day alone in `time`, with `.123` in `ms`. */
export function formatTime(ts: number | null | undefined, zone: Zone, detail: Detail = "time"): string {
  if (ts == null || ts === 0) return "–";
  const at = new Date(ts);
  // Shifted so that the UTC getters read local wall time.
  const wall = zone === "utc" ? at : new Date(ts - at.getTimezoneOffset() * 60_000);
  const date = `${wall.getUTCFullYear()}-${pad(wall.getUTCMonth() + 1)}-${pad(wall.getUTCDate())}`;
  const time = `${pad(wall.getUTCHours())}:${pad(wall.getUTCMinutes())}:${pad(wall.getUTCSeconds())}`;
  if (detail === "date") return date;
  if (detail === "full") return `${date} ${time}`;
  return detail === "ms" ? `${time}.${pad(wall.getUTCMilliseconds(), 3)}` : time;
}

/** `93_784` seconds -> `1d 02:03:04`. */
export function formatSpan(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const clock = `${pad(Math.floor(s / 3600) % 24)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
  return s >= 86_400 ? `${Math.floor(s / 86_400)}d ${clock}` : clock;
}

/** Microseconds in the unit that reads best: `842 µs`, `3.5 ms`, `1.2 s`. */
export function formatMicros(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`;
  if (us < 1_000_000) return `${(us / 1_000).toFixed(us < 10_000 ? 2 : 1)} ms`;
  return `${(us / 1_000_000).toFixed(1)} s`;
}
