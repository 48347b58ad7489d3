// Runs an action of the user once at a time, and says how it went.
import { useState } from "react";

/** `[run, busy]`; while one runs another call does nothing. */
export function useBusy<A extends unknown[]>(work: (...args: A) => Promise<void>): [(...args: A) => Promise<void>, boolean] {
  const [busy, setBusy] = useState(false);
  const run = async (...args: A) => {
    if (busy) return;
    setBusy(true);
    try {
      await work(...args);
    } finally {
      setBusy(false);
    }
  };
  return [run, busy];
}
