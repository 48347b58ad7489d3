// The net spread of a pair over time against its threshold.
import { Segmented } from "antd";
import { useMemo, useState } from "react";
import { usePairsQuery, useSpreadsQuery } from "@/api/monitoring";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { plot } from "@/shared/lib/amount";
import { Series, type Line } from "@/shared/ui/Series";

const SPANS_MS = { hour: 3_600_000, day: 86_400_000 } as const;
type Span = keyof typeof SPANS_MS;

export function SpreadHistory({ pairId }: { pairId: string | null }) {
  const { t } = useLocale();
  const [span, setSpan] = useState<Span>("hour");
  const { data: pairs } = usePairsQuery();
  const pair = pairs?.find((row) => row.id === pairId) ?? pairs?.[0];
  const read = useSpreadsQuery({ pairId: pair?.id ?? "", spanMs: SPANS_MS[span] }, { skip: pair === undefined, pollingInterval: 5_000 });
  const [times, lines] = useMemo<[number[], Line[]]>(() => {
    const samples = read.data ?? [];
    const threshold = plot(pair?.threshold);
    return [
      samples.map((sample) => sample.ts),
      [
        { label: t("direction.leg1_buy"), color: "--tg-accent", values: samples.map((sample) => plot(sample.leg1Buy)) },
        { label: t("direction.leg2_buy"), color: "--tg-sim", values: samples.map((sample) => plot(sample.leg2Buy)) },
        { label: t("arb.threshold"), color: "--tg-warn", dashed: true, values: samples.map(() => threshold) },
      ],
    ];
  }, [read.data, pair?.threshold, t]);
  return (
    <ReadPanel
      title={t("arb.history")}
      extra={
        <>
          <span className="soft">{pair?.id}</span>
          <Segmented<Span> size="small" aria-label={t("common.span")} value={span} onChange={setSpan} options={(Object.keys(SPANS_MS) as Span[]).map((value) => ({ value, label: t(`span.${value}`) }))} />
        </>
      }
      read={read}
      empty={(samples) => samples.length === 0 && t("arb.noHistory")}
    >
      {() => <Series times={times} lines={lines} unit="%" decimals={3} label={t("arb.history")} height={260} />}
    </ReadPanel>
  );
}
