// One figure with its name and, below it, what explains it.
import type { ReactNode } from "react";

export function Stat({ label, children, note }: { label: string; children: ReactNode; note?: ReactNode }) {
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd className="stat-value">{children}</dd>
      {note != null && <dd className="stat-note">{note}</dd>}
    </div>
  );
}

export const Stats = ({ children }: { children: ReactNode }) => <dl className="stats">{children}</dl>;
