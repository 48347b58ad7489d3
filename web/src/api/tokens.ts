// The tokens of this browser's session. A refresh token counts once, so pages of one browser take turns: whoever holds
// the lock looks first whether another page has renewed them meanwhile.

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  who: { id: string; username: string; role: string; permissions: string[] };
}

const PLACE = "tidegate.session";

export function readTokens(): Tokens | null {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? "null") as Tokens | null;
  } catch {
    return null;
  }
}

export function keepTokens(tokens: Tokens | null): void {
  if (tokens === null) localStorage.removeItem(PLACE);
  else localStorage.setItem(PLACE, JSON.stringify(tokens));
}

/** Calls `ended` when another page of this browser logs out. */
export function watchTokens(ended: () => void): () => void {
  const look = (event: StorageEvent) => {
    if (event.key === PLACE && event.newValue === null) ended();
  };
  addEventListener("storage", look);
  return () => removeEventListener("storage", look);
}

let turn: Promise<unknown> = Promise.resolve();

/** Runs `work` while no other page or call of this browser runs one. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  const locks = navigator.locks as LockManager | undefined;
  if (locks !== undefined) return (await locks.request("tidegate.refresh", work)) as T;
  const mine = turn.then(work, work);
  turn = mine.catch(() => undefined);
  return mine;
}
