// Small coloured words. Each says in text what its colour says.
import { useLocale } from "@/shared/i18n/locale";

export type Tone = "good" | "warn" | "bad" | "info" | "soft" | "sim";

export function Badge({ tone, children, title }: { tone: Tone; children: React.ReactNode; title?: string }) {
  return (
    <span className={`badge badge-${tone}`} title={title}>
      {children}
    </span>
  );
}

const MODES: Readonly<Record<string, Tone>> = { LIVE: "bad", PAPER: "warn", SIM: "sim" };

export function ModeBadge({ mode }: { mode: string }) {
  const { word } = useLocale();
  return mode === "" ? null : (
    <Badge tone={MODES[mode] ?? "warn"}>
      {word("mode", mode)}
    </Badge>
  );
}

const STATES: Readonly<Record<string, Tone>> = {
  HEDGED: "good", UNWOUND: "warn", EXPIRED: "soft", REPORTED: "bad", WORKING: "info", HEDGING: "warn", PLANNED: "info",
  FILLED: "good", LIVE: "info", SENT: "info", CREATED: "soft", PARTIALLY_FILLED: "info", CANCELLED: "soft",
  REJECTED: "bad", UNKNOWN: "bad", DEAD: "soft",
  created: "soft", running: "info", paused: "warn", completed: "good", cancelled: "soft", failed: "bad",
  waiting: "soft", armed: "info", triggered: "warn", closed: "good", removed: "soft", reported: "bad",
  CLOSED: "good", OPEN: "bad", HALF_OPEN: "warn",
  healthy: "good", degraded: "warn", unhealthy: "bad", unreachable: "bad",
};

export function StateBadge({ state }: { state: string }) {
  const { word } = useLocale();
  return <Badge tone={STATES[state] ?? "soft"}>{word("state", state)}</Badge>;
}

export function SideWord({ side }: { side: string }) {
  const { word } = useLocale();
  return <span className={side === "buy" ? "good" : "bad"}>{word("side", side)}</span>;
}

/** A dot with its meaning in words. */
export function Light({ tone, label }: { tone: "good" | "warn" | "bad"; label: string }) {
  return (
    <span className="light">
      <span className={`dot dot-${tone}`} aria-hidden="true" />
      {label}
    </span>
  );
}
