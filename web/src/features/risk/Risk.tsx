// How much of each limit is used, which breakers are open, and where the exposure lies.
import { useRiskMetricsQuery } from "@/api/risk";
import type { Breaker, RiskMetrics } from "@/api/types";
import { PlaceName } from "@/parts/instruments";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { Badge, StateBadge } from "@/shared/ui/Badges";
import { Rows, right } from "@/shared/ui/Rows";
import { Stat, Stats } from "@/shared/ui/Stat";
import { Limits } from "./Limits";

export default function Risk() {
  const { t } = useLocale();
  const read = useRiskMetricsQuery(undefined, { pollingInterval: 2_000 });
  return (
    <div className="page">
      <h1 className="page-title">{t("nav.risk")}</h1>
      {read.data !== undefined && <Standing metrics={read.data} />}
      <div className="grid">
        <Limits uses={read.data?.limits ?? []} />
        <ReadPanel title={t("risk.breakers")} read={read}>
          {({ breakers }) => <Breakers rows={breakers} />}
        </ReadPanel>
        <ReadPanel title={t("risk.exposure")} read={read} empty={({ exposure }) => exposure.length === 0 && t("risk.noExposure")}>
          {({ exposure }) => (
            <Rows
              whole
              rowKey={(row) => `${row.exchange}:${row.type}:${row.symbol}`}
              dataSource={exposure}
              columns={[
                { title: t("col.instrument"), render: (_, row) => <PlaceName place={row} /> },
                { title: t("risk.worst"), ...right, render: (_, row) => <Amount value={row.worst} decimals={2} unit="USDT" /> },
              ]}
            />
          )}
        </ReadPanel>
      </div>
    </div>
  );
}

function Standing({ metrics }: { metrics: RiskMetrics }) {
  const { t, time, word } = useLocale();
  const { latch } = metrics;
  const open = latch.mode.toLowerCase() === "open";
  const tripped = metrics.breakers.filter((breaker) => breaker.state !== "CLOSED").length;
  return (
    <Stats>
      <Stat label={t("risk.trading")} note={open ? t("risk.latchOpen") : `${latch.reason} · ${latch.actor} · ${time(latch.sinceTs, "full")}`}>
        <Badge tone={open ? "good" : "bad"}>{open ? t("risk.on") : word("latch", latch.mode)}</Badge>
      </Stat>
      <Stat label={t("dash.exposure")} note={t("risk.worstText")}>
        <Amount value={metrics.exposureTotal} decimals={0} unit="USDT" />
      </Stat>
      <Stat label={t("dash.today")} note={t("dash.netOfFees")}>
        <Amount value={metrics.dayPnl} decimals={2} toned unit="USDT" />
      </Stat>
      <Stat label={t("risk.tripped")} note={t("risk.ofBreakers", { n: metrics.breakers.length })}>
        <span className={tripped > 0 ? "bad" : ""}>{tripped}</span>
      </Stat>
    </Stats>
  );
}

function Breakers({ rows }: { rows: Breaker[] }) {
  const { t, time, word } = useLocale();
  return (
    <Rows<Breaker>
      rowKey={(row) => [row.breaker, row.scope, row.exchange, row.account, row.pairId].join(":")}
      dataSource={rows}
      columns={[
        {
          title: t("risk.breaker"),
          render: (_, row) => (
            <>
              {word("breaker", row.breaker)} <span className="soft">{[row.scope, row.pairId, row.exchange].filter(Boolean).join(" ")}</span>
              {row.reason != null && <div className="soft">{row.reason}</div>}
            </>
          ),
        },
        { title: t("col.state"), render: (_, row) => <StateBadge state={row.state} /> },
        { title: t("risk.trips"), ...right, render: (_, row) => (row.unit == null ? "–" : <Amount value={row.limit} unit={row.limit == null ? undefined : word("unit", row.unit)} />) },
        {
          title: t("risk.resets"),
          render: (_, row) =>
            row.state !== "CLOSED" && row.sinceTs != null ? time(row.sinceTs, "full") : row.resetsByItself === false || row.breaker === "kill" ? t("risk.byHand") : t("risk.byItself"),
        },
      ]}
    />
  );
}
