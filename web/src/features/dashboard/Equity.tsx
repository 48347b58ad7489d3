// Profit over time, and by day: realised by ended plans, unrealised at the marks.
import { Segmented } from "antd";
import { useMemo, useState } from "react";
import { useEquityQuery } from "@/api/trading";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { plot } from "@/shared/lib/amount";
import { Amount } from "@/shared/ui/Amount";
import { Rows, right } from "@/shared/ui/Rows";
import { Series, type Line } from "@/shared/ui/Series";
import { daysOf } from "./days";

const SPANS_MS = { hour: 3_600_000, day: 86_400_000, month: 31 * 86_400_000 } as const;
type Span = keyof typeof SPANS_MS;
/** Fewer make no line. */
const LINE_SAMPLES = 2;
const MONEY = { decimals: 2, toned: true } as const;

export function Equity() {
  const { t, zone } = useLocale();
  const [span, setSpan] = useState<Span>("hour");
  const read = useEquityQuery({ spanMs: SPANS_MS[span] }, { pollingInterval: 10_000 });
  const month = useEquityQuery({ spanMs: SPANS_MS.month }, { pollingInterval: 60_000 });
  const days = useMemo(() => daysOf(month.data ?? [], zone), [month.data, zone]);
  const [times, lines] = useMemo<[number[], Line[]]>(() => {
    const samples = read.data ?? [];
    return [
      samples.map((sample) => sample.ts),
      [
        { label: t("dash.net"), color: "--tg-accent", filled: true, values: samples.map((sample) => plot(sample.equity)) },
        { label: t("dash.realised"), color: "--tg-good", dashed: true, values: samples.map((sample) => plot(sample.pnl)) },
      ],
    ];
  }, [read.data, t]);

  return (
    <ReadPanel
      className="wide"
      title={t("dash.equity")}
      extra={
        <Segmented<Span>
          size="small"
          aria-label={t("common.span")}
          value={span}
          onChange={setSpan}
          options={(Object.keys(SPANS_MS) as Span[]).map((value) => ({ value, label: t(`span.${value}`) }))}
        />
      }
      read={read}
      empty={(samples) => samples.length < LINE_SAMPLES && t("dash.noEquity")}
    >
      {() => (
        <>
          <Series times={times} lines={lines} unit="USDT" label={t("dash.equity")} height={200} />
          <Rows
            rowKey="day"
            dataSource={days}
            columns={[
              { title: t("dash.day"), dataIndex: "day" },
              { title: t("dash.realised"), ...right, render: (_, row) => <Amount value={row.realised} {...MONEY} /> },
              { title: t("dash.unrealised"), ...right, render: (_, row) => <Amount value={row.unrealised} {...MONEY} /> },
              { title: t("dash.fees"), ...right, render: (_, row) => <Amount value={row.fees} decimals={2} /> },
              { title: t("dash.net"), ...right, render: (_, row) => <Amount value={row.net} {...MONEY} unit="USDT" /> },
            ]}
          />
        </>
      )}
    </ReadPanel>
  );
}
