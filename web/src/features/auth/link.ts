/** The one-time token of a printed login link (`/login#login=...`), or null. */
export function linkToken(at: Pick<Location, "hash" | "search">): string | null {
  return new URLSearchParams(at.hash.slice(1)).get("login") ?? new URLSearchParams(at.search).get("login");
}
