// The real service with its simulated venues, in a data directory of its own.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_MS = 60_000;

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

export class Server {
  static async make() {
    const server = new Server();
    server.port = Number(process.env.TIDEGATE_E2E_PORT ?? (await freePort()));
    server.base = `http://127.0.0.1:${server.port}`;
    server.home = await mkdtemp(join(tmpdir(), "tidegate-e2e-"));
    return server;
  }

  /** Starts the process and waits until it serves. The first start prints the one-time login link. */
  async start() {
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("TIDEGATE_"));
    const env = { ...Object.fromEntries(kept), TIDEGATE_HOME: this.home, HOME: this.home };
    const python = process.env.TIDEGATE_PYTHON ?? "python3";
    this.child = spawn(python, ["-m", "tidegate", "run", "--profile", "sim", "--port", String(this.port)], { env });
    this.ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.said = "";
    for (const pipe of [this.child.stdout, this.child.stderr]) {
      pipe.on("data", (bytes) => (this.said = (this.said + bytes).slice(-200_000)));
    }
    const deadline = Date.now() + READY_MS;
    while (Date.now() < deadline) {
      if (this.child.exitCode !== null) break;
      const healthy = await fetch(`${this.base}/health`).then((answer) => answer.ok, () => false);
      if (healthy) return this;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the server did not get ready:\n${this.said.slice(-3000)}`);
  }

  /** The printed link; it may come a moment after the first healthy answer. */
  async link() {
    const deadline = Date.now() + READY_MS;
    while (Date.now() < deadline) {
      const found = /http:\/\/\S+login=\S+\n/.exec(this.said)?.[0];
      if (found !== undefined) return found.trim();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`no login link was printed:\n${this.said.slice(0, 2000)}`);
  }

  /** As a power cut would end it. */
  async kill() {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  async stop() {
    this.child?.kill("SIGTERM");
    await this.ended;
    await rm(this.home, { recursive: true, force: true });
  }
}
