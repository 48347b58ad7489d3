// What a single order would do, and what became of it.
import { Alert } from "antd";
import { useOrderQuery } from "@/api/trading";
import type { Instrument, Placed } from "@/api/types";
import { PlaceName, Price, Qty } from "@/parts/instruments";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { SideWord, StateBadge } from "@/shared/ui/Badges";
import type { Judged, TicketFields } from "./ticket";

export function Preview({ fields, instrument, result }: { fields: TicketFields; instrument: Instrument | undefined; result: Judged | null }) {
  const { t, word } = useLocale();
  const levels = [
    ["protect.stop", fields.stopLoss, instrument?.quote],
    ["protect.target", fields.takeProfit, instrument?.quote],
    ["protect.trail", fields.trailingPct, "%"],
  ] as const;
  return (
    <div data-testid="preview">
      <p>{t("ticket.previewText")}</p>
      <div className="leg">
        <SideWord side={fields.side} /> <Qty value={fields.qty} of={instrument} unit /> {instrument && <PlaceName place={instrument} />}
        <dl className="facts">
          <dt>{t("orders.kind")}</dt>
          <dd>{[word("kind", fields.kind), fields.kind === "limit" ? word("force", fields.force) : "", fields.reduceOnly ? t("ticket.reduceOnly") : ""].filter(Boolean).join(", ")}</dd>
          <dt>{t(fields.kind === "limit" ? "col.price" : "arb.about")}</dt>
          <dd>
            <Price value={result?.price} of={instrument} />
          </dd>
          <dt>{t("twap.notional")}</dt>
          <dd>
            <Amount value={result?.notional} decimals={2} unit={instrument?.quote} />
          </dd>
          {levels.map(([label, value, unit]) => value && <Line key={label} label={t(label)} value={value} unit={unit} />)}
        </dl>
      </div>
      {result === null || result.price === null ? <Alert type="warning" showIcon title={t("ticket.noPrice")} /> : null}
      {result?.problems.map((problem) => <Alert key={problem} type="warning" showIcon title={t(`ticket.problem.${problem}`)} />)}
      {result?.takes && <p className="soft">{t("ticket.takes")}</p>}
    </div>
  );
}

function Line({ label, value, unit }: { label: string; value: string; unit: string | undefined }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <Amount value={value} unit={unit} />
      </dd>
    </>
  );
}

/** Followed until it is over. */
export function Sent({ sent, instrument }: { sent: Placed; instrument: Instrument | undefined }) {
  const { t } = useLocale();
  const { data: order } = useOrderQuery(sent.orderId, { pollingInterval: 1_000 });
  return (
    <div data-testid="sent">
      <p>
        {sent.orderId} <StateBadge state={order?.state ?? sent.state} />
      </p>
      <dl className="facts narrow">
        <dt>{t("col.filled")}</dt>
        <dd>
          <Qty value={order?.filledQty ?? "0"} of={instrument} unit />
        </dd>
        <dt>{t("col.avgPrice")}</dt>
        <dd>
          <Price value={order?.avgPrice} of={instrument} />
        </dd>
      </dl>
      {order?.reason && <p className="soft">{order.reason}</p>}
      {sent.protectionId != null && <p className="soft">{t("ticket.protected", { id: sent.protectionId })}</p>}
    </div>
  );
}
