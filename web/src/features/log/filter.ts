import type { FeedEntry, Severity } from "@/state/feed";

export interface Wanted {
  severity: Severity | undefined;
  event: string | undefined;
  /** Any words, all of which have to stand in the line. */
  text: string;
}

export function matching(entries: readonly FeedEntry[], { severity, event, text }: Wanted): FeedEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    if (severity !== undefined && entry.severity !== severity) return false;
    if (event !== undefined && entry.event !== event) return false;
    const line = `${entry.event} ${entry.subject} ${entry.text}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
}
