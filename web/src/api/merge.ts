// A list read from the server and the stream's changes to its rows, put together so that nothing is lost or doubled
// whichever of the two arrives first.

export const ROWS_MAX = 200;

/** A newer copy of a row: it ended, or more happened in it. */
export function newer<T extends { endedTs: number | null; timeline: readonly unknown[] }>(a: T, b: T): T {
  if ((a.endedTs === null) !== (b.endedTs === null)) return a.endedTs === null ? b : a;
  return b.timeline.length >= a.timeline.length ? b : a;
}

interface Row {
  planId: string;
  createdTs: number;
  endedTs: number | null;
  timeline: readonly unknown[];
}

const byBirth = (a: Row, b: Row) => b.createdTs - a.createdTs || (b.planId > a.planId ? 1 : -1);

/** The stream's row put into the list, newest first, at most ROWS_MAX. */
export function withRow<T extends Row>(rows: readonly T[], row: T): T[] {
  const at = rows.findIndex((known) => known.planId === row.planId);
  const known = rows[at];
  if (known === undefined) return [...rows, row].sort(byBirth).slice(0, ROWS_MAX);
  return rows.with(at, newer(known, row));
}

/**
 * A fresh answer over what is known: its rows count, except where the stream knows more, and rows born after the
 * answer was made stay.
 */
export function withAnswer<T extends Row>(known: readonly T[], answer: readonly T[]): T[] {
  const latest = Math.max(0, ...answer.map((row) => row.createdTs));
  const byId = new Map(known.map((row) => [row.planId, row]));
  const merged = answer.map((row) => {
    const old = byId.get(row.planId);
    byId.delete(row.planId);
    return old === undefined ? row : newer(old, row);
  });
  const born = [...byId.values()].filter((row) => row.createdTs > latest);
  return [...merged, ...born].sort(byBirth).slice(0, ROWS_MAX);
}

