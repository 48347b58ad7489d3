import { beforeEach, describe, expect, it } from "vitest";
import { RETRY_MS_MAX, SEEN_MAX, Stream, type StreamEvent } from "./socket";

class FakeSocket {
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((end: { reason: string }) => void) | null = null;
  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close() {
    this.readyState = 3;
  }
  tell(event: string, seq: number, data: object = {}) {
    this.onmessage?.({ data: JSON.stringify({ event, data, seq }) });
  }
}

let sockets: FakeSocket[];
let timers: { work: () => void; ms: number }[];
let events: StreamEvent[];
let states: string[];
let gaps: number;
let refuse: boolean;
let stream: Stream;

const settled = () => new Promise<void>((done) => setTimeout(done, 0));
const newest = () => sockets.at(-1) as FakeSocket;
const nextTimer = async () => {
  const timer = timers.pop();
  timers.length = 0;
  timer?.work();
  await settled();
};
const breakOff = () => newest().onclose?.({ reason: "" });
const comeBack = async () => {
  await nextTimer();
  newest().onopen?.();
};

beforeEach(async () => {
  [sockets, timers, events, states, gaps, refuse] = [[], [], [], [], 0, false];
  stream = new Stream(
    {
      ticket: () => (refuse ? Promise.reject(new Error("down")) : Promise.resolve("t")),
      open: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      later: (work, ms) => timers.push({ work, ms }),
      never: () => undefined,
      random: () => 1,
    },
    { event: (event) => events.push(event), state: (state) => states.push(state), gap: () => gaps++ },
    ["plans", "orders"],
  );
  stream.start();
  await settled();
  newest().onopen?.();
});

describe("the stream", () => {
  it("subscribes to what is wanted and hands events on", () => {
    newest().tell("plan_update", 10);
    expect(newest().sent).toEqual([{ op: "subscribe", channels: ["plans", "orders"] }]);
    expect(events.map((e) => e.seq)).toEqual([10]);
    expect([states, gaps]).toEqual([["connecting", "live"], 0]);
  });

  it("after a break it resumes behind the last event and doubles none", async () => {
    newest().tell("order_filled", 10);
    breakOff();
    await comeBack();
    expect(newest().sent[1]).toEqual({ op: "resume", after: 10 });
    newest().tell("order_filled", 10);
    newest().tell("order_filled", 11);
    newest().tell("resumed", 12);
    expect(events.filter((e) => e.event === "order_filled").map((e) => e.seq)).toEqual([10, 11]);
    expect(gaps).toBe(1);
  });

  it("an event that overtakes the replay does not cut the replay short", async () => {
    newest().tell("order_filled", 10);
    breakOff();
    await comeBack();
    newest().tell("order_filled", 20);
    breakOff();
    await comeBack();
    expect(newest().sent[1]).toEqual({ op: "resume", after: 10 });
  });

  it("says that everything is to be read again when the server can not replay", async () => {
    newest().tell("order_filled", 10);
    breakOff();
    await comeBack();
    newest().tell("resume_failed", 900);
    expect(gaps).toBe(2);
    breakOff();
    await comeBack();
    expect(newest().sent[1]).toEqual({ op: "resume", after: 900 });
  });

  it("waits longer after each failed try, up to its limit, and not after a good one", async () => {
    breakOff();
    refuse = true;
    const waits: number[] = [];
    for (let n = 0; n < 8; n++) {
      waits.push(timers.at(-1)?.ms ?? 0);
      await nextTimer();
    }
    expect(waits.slice(0, 3)).toEqual([500, 1000, 2000]);
    expect(Math.max(...waits)).toBe(RETRY_MS_MAX);
    refuse = false;
    await comeBack();
    breakOff();
    expect(timers.at(-1)?.ms).toBe(500);
  });

  it("counts who wants a channel and tells the server about the first and the last", () => {
    const [one, two] = [stream.want("prices:a"), stream.want("prices:a")];
    one();
    one();
    expect(newest().sent.slice(1)).toEqual([{ op: "subscribe", channels: ["prices:a"] }]);
    two();
    expect(newest().sent.at(-1)).toEqual({ op: "unsubscribe", channels: ["prices:a"] });
  });

  it("a connection that falls silent is given up", async () => {
    for (let n = 0; n < 3; n++) await nextTimer();
    expect(states.at(-1)).toBe("lost");
    await nextTimer();
    expect(sockets.length).toBe(2);
  });

  it("what an old socket still says is nothing, and stop ends it", async () => {
    const old = newest();
    breakOff();
    await nextTimer();
    old.tell("order_filled", 99);
    expect(events).toEqual([]);
    stream.stop();
    breakOff();
    expect(states.at(-1)).toBe("idle");
  });

  it("remembers a limited number of events", () => {
    for (let n = 1; n <= SEEN_MAX + 10; n++) newest().tell("order_filled", n);
    expect((stream as unknown as { seen: Set<number> }).seen.size).toBe(SEEN_MAX);
  });
});
