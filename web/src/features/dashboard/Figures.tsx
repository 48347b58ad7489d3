// The few figures that matter first.
import { usePerformanceQuery } from "@/api/trading";
import { useRiskMetricsQuery } from "@/api/risk";
import { faultText } from "@/api/faults";
import { useLocale } from "@/shared/i18n/locale";
import { NONE, big, formatPercent, share } from "@/shared/lib/amount";
import { Amount } from "@/shared/ui/Amount";
import { Problem } from "@/shared/ui/Panel";
import { Stat, Stats } from "@/shared/ui/Stat";

const MONEY = { unit: "USDT", decimals: 2 };

export function Figures() {
  const locale = useLocale();
  const { t } = locale;
  const performance = usePerformanceQuery(undefined, { pollingInterval: 5_000 });
  const { data: risk } = useRiskMetricsQuery(undefined, { pollingInterval: 5_000 });
  const { data, error } = performance;

  if (error !== undefined && data === undefined) {
    return <Problem text={faultText(error, locale)} retry={() => void performance.refetch()} />;
  }
  const total = risk?.limits.find((row) => row.name === "position_total_max");
  const used = share(total?.used, total?.limit);
  return (
    <Stats>
      <Stat label={t("dash.today")} note={t("dash.netOfFees")}>
        <Amount value={data?.dayPnl} toned {...MONEY} />
      </Stat>
      <Stat label={t("dash.realised")} note={t("dash.since")}>
        <Amount value={data?.realizedPnl} toned {...MONEY} />
      </Stat>
      <Stat label={t("dash.unrealised")} note={t("dash.atMark")}>
        <Amount value={data?.unrealizedPnl} toned {...MONEY} />
      </Stat>
      <Stat label={t("dash.fees")} note={data === undefined ? NONE : <>{t("dash.turnover")} <Amount value={data.turnover} decimals={0} unit="USDT" /></>}>
        <Amount value={data?.feesPaid} {...MONEY} />
      </Stat>
      <Stat label={t("dash.plans")} note={data === undefined ? NONE : t("dash.winRate", { rate: formatPercent(big(data.winRate)?.times(100).toFixed(), { decimals: 1 }) })}>
        <Amount value={data?.plans} decimals={0} />
      </Stat>
      <Stat label={t("dash.exposure")} note={used === null ? NONE : t("dash.ofLimit", { share: `${used.toFixed(1)} %` })}>
        <Amount value={risk?.exposureTotal} {...MONEY} decimals={0} />
      </Stat>
    </Stats>
  );
}
