// One plan: what was planned and what was done, and what it cost against the market's own average.
import { useMemo } from "react";
import { useTradesOfPlanQuery } from "@/api/trading";
import type { Trade, TwapPlan } from "@/api/types";
import { PlaceName, Price, Qty, useInstruments } from "@/parts/instruments";
import { useLocale } from "@/shared/i18n/locale";
import { plot } from "@/shared/lib/amount";
import { Amount } from "@/shared/ui/Amount";
import { SideWord } from "@/shared/ui/Badges";
import { Series, type Line } from "@/shared/ui/Series";
import { actual, aligned, planned } from "./schedule";

const NO_TRADES: Trade[] = [];
const isOf = (trade: Trade, leg: TwapPlan["legs"][number] | undefined) =>
  trade.exchange === leg?.exchange && trade.symbol === leg.symbol && trade.type === leg.type && trade.side === leg.side;

export function TwapDetail({ plan }: { plan: TwapPlan }) {
  const { t, time, word } = useLocale();
  const find = useInstruments();
  const over = plan.endedTs !== null;
  const { data: trades = NO_TRADES } = useTradesOfPlanQuery(plan.planId, { pollingInterval: over ? 0 : 3_000 });
  const leg = plan.legs[0];
  const started = plan.timeline.find((entry) => /start|running/.test(entry.event))?.ts ?? plan.createdTs;
    const [times, lines] = useMemo<[number[], Line[]]>(() => {
    const lanes = aligned(planned(plan, started), actual(trades.filter((trade) => isOf(trade, plan.legs[0]))));
    return [
      lanes.times,
      [
        { label: t("twap.planned"), color: "--tg-soft", dashed: true, stepped: true, values: lanes.a.map(plot) },
        { label: t("twap.actual"), color: "--tg-accent", stepped: true, values: lanes.b.map(plot) },
      ],
    ];
  }, [trades, plan, started, t]);

  return (
    <div className="plan-detail">
      <div className="legs">
        {plan.legs.map((one, index) => (
          <div key={index} className="leg">
            <SideWord side={one.side} /> <PlaceName place={one} />
            <dl className="facts">
              <dt>{t("twap.executed")}</dt>
              <dd>
                <Qty value={one.filledQty} of={find(one)} unit />
              </dd>
              <dt>{t("twap.vwap")}</dt>
              <dd>
                <Price value={one.avgPrice} of={find(one)} />
              </dd>
              <dt>{t("twap.benchmark")}</dt>
              <dd>
                <Price value={one.timeWeightedMid} of={find(one)} />
              </dd>
              <dt>{t("twap.cost")}</dt>
              <dd>
                <Amount value={one.costBps} decimals={2} signed unit="bps" />
              </dd>
              <dt>{t("arb.fees")}</dt>
              <dd>{one.fees.length === 0 ? "–" : one.fees.map((fee) => <Amount key={fee.asset} value={fee.amount} unit={fee.asset} />)}</dd>
            </dl>
          </div>
        ))}
      </div>
      {times.length > 0 && <Series times={times} lines={lines} unit={(leg && find(leg)?.base) ?? ""} decimals={4} label={t("twap.chart")} height={180} />}
      <ol className="timeline">
        {plan.timeline.slice(-12).map((entry, index) => (
          <li key={index}>
            <span className="num soft">{time(entry.ts, "ms")}</span>
            <span />
            <span>
              <strong>{word("step", entry.event)}</strong> {entry.text}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
