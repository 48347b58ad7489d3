// Numbers as people read them: fixed digits, unit, a sign that does not hang on colour alone.
import { formatAmount, formatPercent, signOf, type Look, type MaybeAmount } from "@/shared/lib/amount";

interface Props extends Look {
  value: MaybeAmount;
  unit?: string | undefined;
  /** Green above zero, red below; for profit and loss. */
  toned?: boolean;
}

const TONES = { "-1": "bad", "0": "", "1": "good" } as const;
export const tone = (value: MaybeAmount) => TONES[signOf(value)];

export function Amount({ value, unit, toned = false, ...look }: Props) {
  return (
    <span className={`num ${toned ? tone(value) : ""}`}>
      {formatAmount(value, { ...look, signed: look.signed ?? toned })}
      {unit !== undefined && value != null && <span className="unit"> {unit}</span>}
    </span>
  );
}

export function Percent({ value, toned = false, decimals = 3 }: { value: MaybeAmount; toned?: boolean; decimals?: number }) {
  return <span className={`num ${toned ? tone(value) : ""}`}>{formatPercent(value, { decimals, signed: toned })}</span>;
}
