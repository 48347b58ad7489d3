// The mid prices of a pair's legs since it was chosen here.
import { useEffect, useMemo, useState } from "react";
import { usePairsQuery } from "@/api/monitoring";
import type { Leg } from "@/api/types";
import { instrumentName, listenPrice, priceOf } from "@/live/prices";
import { useInstruments } from "@/parts/instruments";
import { useLocale } from "@/shared/i18n/locale";
import { decimalsOf, plot } from "@/shared/lib/amount";
import { Panel } from "@/shared/ui/Panel";
import { Prices, type PriceLine } from "@/shared/ui/Prices";
import { extended, type Point } from "./trail";

const DRAW_MS = 1_000;

export function LegPrices({ pairId }: { pairId: string | null }) {
  const { t } = useLocale();
  const { data: pairs } = usePairsQuery();
  const pair = pairs?.find((row) => row.id === pairId) ?? pairs?.[0];
  return (
    <Panel title={t("arb.prices")} className="full" extra={pair && <span className="soft">{pair.id}</span>} empty={pair === undefined ? t("arb.noPairs") : undefined}>
      {pair !== undefined && <Trails key={pair.id} first={pair.leg1} second={pair.leg2} />}
    </Panel>
  );
}

function Trails({ first, second }: { first: Leg; second: Leg }) {
  const { t } = useLocale();
  const find = useInstruments();
  const [one, two] = [useTrail(first), useTrail(second)];
  const [digits1, digits2] = [decimalsOf(find(first)?.priceStep) ?? 2, decimalsOf(find(second)?.priceStep) ?? 2];
  const lines = useMemo<PriceLine[]>(
    () => [
      { name: `${first.exchange} ${first.type}`, color: "--tg-accent", points: one, decimals: digits1 },
      { name: `${second.exchange} ${second.type}`, color: "--tg-sim", points: two, decimals: digits2 },
    ],
    [first, second, one, two, digits1, digits2],
  );
  return (
    <>
      <Prices lines={lines} label={t("arb.prices")} />
      <p className="credit">
        {t("arb.noPrices")}{" "}
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
          TradingView Lightweight Charts™
        </a>
      </p>
    </>
  );
}

/** Sampled once a second from the live price; whoever shows the books listens to it already. */
function useTrail(leg: Leg): readonly Point[] {
  const name = instrumentName(leg);
  const [trail, setTrail] = useState<readonly Point[]>([]);
  useEffect(() => {
    const leave = listenPrice(name, () => undefined);
    const timer = setInterval(() => {
      const price = priceOf(name);
      const [bid, ask] = [plot(price?.bid), plot(price?.ask)];
      if (price !== undefined && bid !== null && ask !== null) setTrail((known) => extended(known, price.ts, (bid + ask) / 2));
    }, DRAW_MS);
    return () => {
      clearInterval(timer);
      leave();
    };
  }, [name]);
  return trail;
}
