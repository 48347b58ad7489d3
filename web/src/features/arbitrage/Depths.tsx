// The two books of a pair side by side.
import { useBookQuery, usePairsQuery } from "@/api/monitoring";
import { faultText } from "@/api/faults";
import type { Book, Leg } from "@/api/types";
import { useLivePrice } from "@/live/useLivePrice";
import { PlaceName, useInstruments } from "@/parts/instruments";
import { useLocale } from "@/shared/i18n/locale";
import { decimalsOf, formatAmount } from "@/shared/lib/amount";
import { Badge } from "@/shared/ui/Badges";
import { Panel, Problem } from "@/shared/ui/Panel";

const LEVELS = 8;

export function Depths({ pairId }: { pairId: string | null }) {
  const { t } = useLocale();
  const { data: pairs } = usePairsQuery();
  const pair = pairs?.find((row) => row.id === pairId) ?? pairs?.[0];
  return (
    <Panel title={t("arb.depth")} extra={pair && <span className="soft">{pair.id}</span>} empty={pair === undefined ? t("arb.noPairs") : undefined}>
      {pair !== undefined && (
        <div className="books">
          <Depth key={`${pair.id}1`} leg={pair.leg1} />
          <Depth key={`${pair.id}2`} leg={pair.leg2} />
        </div>
      )}
    </Panel>
  );
}

function Depth({ leg }: { leg: Leg }) {
  const locale = useLocale();
  const { t } = locale;
  const live = useLivePrice(leg);
  const { data, error, refetch } = useBookQuery({ leg, depth: LEVELS }, { pollingInterval: 1_000 });
  return (
    <div className="book">
      <h3>
        <PlaceName place={leg} />
        {data !== undefined && error === undefined && (
          <Badge tone={data.synced ? "good" : "warn"}>{data.synced ? `${data.ageMs} ms` : t("arb.notSynced")}</Badge>
        )}
      </h3>
      {error !== undefined ? (
        <Problem text={faultText(error, locale)} retry={() => void refetch()} />
      ) : (
        data !== undefined && <Ladder book={data} bid={live?.bid} ask={live?.ask} leg={leg} />
      )}
    </div>
  );
}

function Ladder({ book, bid, ask, leg }: { book: Book; bid: string | undefined; ask: string | undefined; leg: Leg }) {
  const { t } = useLocale();
  const instrument = useInstruments()(leg);
  const px = decimalsOf(instrument?.priceStep);
  const qty = decimalsOf(instrument?.qtyStep);
  const row = (tone: string) => (level: [string, string]) => (
    <tr key={level[0]}>
      <td className={`num ${tone}`}>{formatAmount(level[0], { decimals: px })}</td>
      <td className="num">{formatAmount(level[1], { decimals: qty })}</td>
    </tr>
  );
  const best = (live: string | undefined, level: [string, string] | undefined) => formatAmount(live ?? level?.[0], { decimals: px });
  return (
    <table className="ladder">
      <thead>
        <tr>
          <th scope="col">{`${t("col.price")} ${instrument?.quote ?? ""}`}</th>
          <th scope="col">{`${t("col.qty")} ${instrument?.base ?? ""}`}</th>
        </tr>
      </thead>
      <tbody>
        {book.asks.slice(0, LEVELS).reverse().map(row("bad"))}
        <tr className="touch">
          <td colSpan={2} className="num">
            {best(bid, book.bids[0])} / {best(ask, book.asks[0])}
          </td>
        </tr>
        {book.bids.slice(0, LEVELS).map(row("good"))}
      </tbody>
    </table>
  );
}
