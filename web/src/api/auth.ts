// Logging in and out; these speak without a session or end it, so they are not cached queries.
import { accept, ask, send } from "./client";
import { keepTokens, type Tokens } from "./tokens";

export type Credentials = { username: string; password: string; totp?: string } | { linkToken: string };

/** Throws Fault. */
export async function login(credentials: Credentials): Promise<Tokens> {
  return accept(await send({ method: "POST", path: "/api/auth/login", body: credentials }));
}

/** The server's session ends where it can be reached; this browser forgets it in any case. */
export async function logout(): Promise<void> {
  try {
    await ask({ method: "POST", path: "/api/auth/logout", body: {} }, () => undefined);
  } catch {
    // An unreachable server can not be told; its session ends by time.
  } finally {
    keepTokens(null);
  }
}

/** A one-time ticket for the WebSocket. Throws Fault. */
export async function ticket(ended: () => void): Promise<string> {
  const answer = (await ask({ method: "POST", path: "/api/auth/ws-ticket", body: {} }, ended)) as { ticket: string };
  return answer.ticket;
}
