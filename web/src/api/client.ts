// One request to the server: bearer header, renewal of an expired token, exact JSON, errors with their codes.
import { parseExact } from "@/shared/lib/exact";
import { alone, keepTokens, readTokens, type Tokens } from "./tokens";

/** A refusal. `status` 0: the server could not be reached. */
export interface Fault {
  status: number;
  code: string;
  message: string;
  details?: Record<string, unknown>;
}

export interface Ask {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  body?: unknown;
  /** Makes a repetition of the same request harmless. */
  idempotencyKey?: string;
  /** A one-time code, where the account has a second factor and the act asks for it. */
  totp?: string | undefined;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 35_000;

export const isFault = (value: unknown): value is Fault =>
  typeof value === "object" && value !== null && "status" in value && "code" in value;

/** The session is fine, but the act wants a code of the account's second factor. */
export const asksCode = (value: unknown): boolean => isFault(value) && value.details?.["totpRequired"] === true;

/** `data` of the answer. Throws Fault. */
export async function send(ask: Ask, token?: string): Promise<unknown> {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  if (ask.body !== undefined) headers["Content-Type"] = "application/json";
  if (ask.idempotencyKey !== undefined) headers["Idempotency-Key"] = ask.idempotencyKey;
  if (ask.totp) headers["X-Totp"] = ask.totp;
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  let status = 0;
  let text: string;
  try {
    const response = await fetch(ask.path, {
      method: ask.method ?? "GET",
      headers,
      body: ask.body === undefined ? null : JSON.stringify(ask.body),
      signal: ask.signal === undefined ? limit : AbortSignal.any([ask.signal, limit]),
      cache: "no-store",
    });
    status = response.status;
    text = await response.text();
  } catch {
    throw { status: 0, code: "OFFLINE", message: "the server does not answer" } satisfies Fault;
  }
  return dataOf(status, text);
}

function dataOf(status: number, text: string): unknown {
  let answer: { success?: boolean; data?: unknown; error?: Omit<Fault, "status"> };
  try {
    answer = parseExact(text) as typeof answer;
  } catch {
    throw { status, code: "INTERNAL", message: `the answer is no JSON (HTTP ${status})` } satisfies Fault;
  }
  if (answer.success === true) return answer.data;
  throw { status, ...(answer.error ?? { code: "INTERNAL", message: `HTTP ${status}` }) } satisfies Fault;
}

/** `send` in the session's name; an expired token is renewed once. Throws Fault. */
export async function ask(request: Ask, ended: () => void): Promise<unknown> {
  const tokens = readTokens();
  if (tokens === null) {
    ended();
    throw { status: 401, code: "UNAUTHENTICATED", message: "log in first" } satisfies Fault;
  }
  try {
    return await send(request, tokens.accessToken);
  } catch (fault) {
    if (!isFault(fault) || fault.status !== 401 || asksCode(fault)) throw fault;
  }
  return send(request, (await renew(tokens, ended)).accessToken);
}

async function renew(old: Tokens, ended: () => void): Promise<Tokens> {
  return alone(async () => {
    const now = readTokens();
    if (now !== null && now.accessToken !== old.accessToken) return now;
    try {
      const fresh = await send({ method: "POST", path: "/api/auth/refresh", body: { refreshToken: old.refreshToken } });
      return accept(fresh);
    } catch (fault) {
      if (isFault(fault) && fault.status === 401) {
        keepTokens(null);
        ended();
      }
      throw fault;
    }
  });
}

/** Keeps what a login or a renewal gave. */
export function accept(session: unknown): Tokens {
  const { accessToken, refreshToken, user } = session as { accessToken: string; refreshToken: string; user: Tokens["who"] };
  const tokens = { accessToken, refreshToken, who: user };
  keepTokens(tokens);
  return tokens;
}

/** A key for one intention of the user: repeating the request is harmless, meaning it again is not the same. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
