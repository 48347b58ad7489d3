// How much of a limit is used.
interface Props {
  /** 0 to 100; null when there is nothing to measure. */
  percent: number | null;
  label: string;
}

export function Meter({ percent, label }: Props) {
  const value = percent ?? 0;
  const tone = value >= 90 ? "bad" : value >= 70 ? "warn" : "good";
  return (
    <progress className={`meter meter-${tone}`} max={100} value={value} aria-label={label}>
      {Math.round(value)} %
    </progress>
  );
}
