// What ended plans, and what traded beside them, brought in the last month: by pair or strategy, by venue, by day.
import { Segmented } from "antd";
import { useState } from "react";
import { usePerformanceQuery } from "@/api/trading";
import type { Performance } from "@/api/types";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale, type Locale } from "@/shared/i18n/locale";
import { formatPercent, share } from "@/shared/lib/amount";
import { Amount } from "@/shared/ui/Amount";
import { Rows, right } from "@/shared/ui/Rows";

type By = "strategy" | "venue" | "day";
const BYS: readonly By[] = ["strategy", "venue", "day"];

interface Line {
  name: string;
  pnl: Performance["pnl"];
  fees: Performance["fees"];
  turnover: Performance["turnover"];
  plans: number;
  wins: number;
}

function linesOf(data: Performance, by: By, word: Locale["word"]): Line[] {
  if (by === "strategy") return data.byStrategy.map((row) => ({ ...row, name: row.pairId || word("strategy", row.strategy) }));
  if (by === "venue") return data.byVenue.map((row) => ({ ...row, name: row.exchange }));
  return data.byDay.map((row) => ({ ...row, name: row.day })).reverse();
}

export function Results() {
  const { t, word } = useLocale();
  const [by, setBy] = useState<By>("strategy");
  const read = usePerformanceQuery(undefined, { pollingInterval: 10_000 });
  return (
    <ReadPanel
      title={t("results.title")}
      className="full"
      extra={<Segmented<By> size="small" aria-label={t("results.by")} value={by} onChange={setBy} options={BYS.map((value) => ({ value, label: t(`results.${value}`) }))} />}
      read={read}
      empty={(data) => data.byStrategy.length === 0 && t("results.none")}
    >
      {(data) => (
        <>
          <Rows<Line>
            rowKey="name"
            dataSource={linesOf(data, by, word)}
            columns={[
              { title: t(`results.${by}`), dataIndex: "name" },
              { title: t(by === "venue" ? "results.flow" : "col.pnl"), ...right, render: (_, row) => <Amount value={row.pnl} decimals={2} toned={by !== "venue"} signed unit="USDT" /> },
              { title: t("dash.fees"), ...right, render: (_, row) => <Amount value={row.fees} decimals={2} unit="USDT" /> },
              { title: t("results.turnover"), ...right, render: (_, row) => <Amount value={row.turnover} decimals={0} unit="USDT" /> },
              { title: t("dash.plans"), ...right, dataIndex: "plans" },
              ...(by === "venue" ? [] : [{ title: t("results.wins"), ...right, render: (_: unknown, row: Line) => formatPercent(share(row.wins, row.plans), { decimals: 1 }) }]),
            ]}
          />
          {by === "venue" && <p className="credit">{t("results.venueText")}</p>}
        </>
      )}
    </ReadPanel>
  );
}
