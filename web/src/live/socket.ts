// One WebSocket to the server, for as long as somebody is logged in: a ticket for each connection, the wanted channels,
// a resume where the last one broke off, and patience between tries. Knows nothing of what the events mean.
import { parseExact } from "@/shared/lib/exact";

export interface StreamEvent {
  event: string;
  data: Record<string, unknown>;
  seq: number;
}

export type StreamState = "connecting" | "live" | "lost" | "idle";

/** What it needs of the world; the tests bring their own. */
export interface World {
  ticket: () => Promise<string>;
  open: (ticket: string) => WebSocket;
  later: (work: () => void, ms: number) => number;
  never: (timer: number) => void;
  random: () => number;
}

export interface Listener {
  event: (event: StreamEvent) => void;
  state: (state: StreamState, reason: string) => void;
  /** What is shown may lack events: read it again. */
  gap: () => void;
}

export const RETRY_MS = 500;
export const RETRY_MS_MAX = 15_000;
/** A server that says nothing for so long, not even to a ping, is gone. */
export const SILENCE_MS = 12_000;
const PING_MS = 5_000;
/** Numbers kept to tell a replayed event from a new one. */
export const SEEN_MAX = 5_000;

export class Stream {
  private socket: WebSocket | null = null;
  private wanted = new Map<string, number>();
  private seen = new Set<number>();
  private last = 0;
  private resuming = false;
  private retryMs = RETRY_MS;
  private running = false;
  private timer = 0;
  private heart = 0;
  private silentMs = 0;

  constructor(
    private readonly world: World,
    private readonly listener: Listener,
    base: readonly string[],
  ) {
    for (const channel of base) this.wanted.set(channel, 1);
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    void this.connect();
  }

  stop(): void {
    this.running = false;
    this.world.never(this.timer);
    this.world.never(this.heart);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.seen.clear();
    this.last = 0;
    this.listener.state("idle", "");
  }

  /** Listens to one more channel until the returned function is called. */
  want(channel: string): () => void {
    const count = this.wanted.get(channel) ?? 0;
    this.wanted.set(channel, count + 1);
    if (count === 0) this.say({ op: "subscribe", channels: [channel] });
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (this.wanted.get(channel) ?? 1) - 1;
      if (left > 0) {
        this.wanted.set(channel, left);
        return;
      }
      this.wanted.delete(channel);
      this.say({ op: "unsubscribe", channels: [channel] });
    };
  }

  /** Sent when connected, dropped otherwise: a page's own events are not worth a queue. */
  say(message: unknown): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  private async connect(): Promise<void> {
    this.listener.state("connecting", "");
    let ticket: string;
    try {
      ticket = await this.world.ticket();
    } catch {
      this.lost("");
      return;
    }
    if (!this.running) return;
    const socket = this.world.open(ticket);
    this.socket = socket;
    socket.onopen = () => this.opened(socket);
    socket.onmessage = (message: MessageEvent) => this.received(socket, String(message.data));
    socket.onclose = (end: CloseEvent) => {
      if (this.socket === socket) this.lost(end.reason);
    };
  }

  private opened(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.retryMs = RETRY_MS;
    this.silentMs = 0;
    this.say({ op: "subscribe", channels: [...this.wanted.keys()] });
    this.resuming = this.last > 0;
    if (this.resuming) this.say({ op: "resume", after: this.last });
    this.beat(socket);
    this.listener.state("live", "");
    // Conflated channels have no replay, so what they feed is read again after any break.
    if (this.resuming) this.listener.gap();
  }

  private beat(socket: WebSocket): void {
    this.world.never(this.heart);
    this.heart = this.world.later(() => {
      if (this.socket !== socket) return;
      this.silentMs += PING_MS;
      if (this.silentMs > SILENCE_MS) {
        socket.onclose = null;
        socket.close();
        this.lost("");
        return;
      }
      this.say({ op: "ping" });
      this.beat(socket);
    }, PING_MS);
  }

  private received(socket: WebSocket, text: string): void {
    if (this.socket !== socket) return;
    this.silentMs = 0;
    const event = parseExact(text) as StreamEvent;
    if (event.event === "resumed" || event.event === "resume_failed") {
      this.resuming = false;
      if (event.event === "resume_failed") this.listener.gap();
    }
    // While a replay is under way newer events may come first: the place to resume from moves when it is done.
    if (!this.resuming) this.last = Math.max(this.last, event.seq);
    if (this.isNew(event.seq)) this.listener.event(event);
  }

  private isNew(seq: number): boolean {
    if (this.seen.has(seq)) return false;
    this.seen.add(seq);
    if (this.seen.size > SEEN_MAX) {
      const [oldest] = this.seen;
      if (oldest !== undefined) this.seen.delete(oldest);
    }
    return true;
  }

  private lost(reason: string): void {
    this.socket = null;
    this.world.never(this.heart);
    if (!this.running) return;
    this.listener.state("lost", reason);
    this.timer = this.world.later(() => void this.connect(), this.retryMs * (0.5 + this.world.random() / 2));
    this.retryMs = Math.min(this.retryMs * 2, RETRY_MS_MAX);
  }
}
