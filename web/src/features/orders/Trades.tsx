import { useTradesInfiniteQuery } from "@/api/trading";
import type { Trade } from "@/api/types";
import { PlaceName, Price, Qty, useInstruments } from "@/parts/instruments";
import { PagedRows } from "@/parts/PagedRows";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { SideWord } from "@/shared/ui/Badges";
import { right } from "@/shared/ui/Rows";
import type { Filter } from "./Filters";

export function Trades({ filter }: { filter: Filter }) {
  const { t, time, word } = useLocale();
  const find = useInstruments();
  const { exchange, symbol, plan } = filter;
  const read = useTradesInfiniteQuery({ exchange, symbol, plan });
  return (
    <PagedRows<Trade>
      read={read}
      rowKey={(row) => `${row.exchange}:${row.symbol}:${row.tradeId}:${row.orderId}`}
      empty={t("orders.noFills")}
      columns={[
        { title: t("col.time"), className: "num", render: (_, row) => time(row.ts, "full") },
        { title: t("col.instrument"), render: (_, row) => <PlaceName place={row} under /> },
        { title: t("col.side"), render: (_, row) => <SideWord side={row.side} /> },
        { title: t("col.price"), ...right, render: (_, row) => <Price value={row.price} of={find(row)} /> },
        { title: t("col.qty"), ...right, render: (_, row) => <Qty value={row.qty} of={find(row)} unit /> },
        { title: t("arb.fees"), ...right, render: (_, row) => <Amount value={row.fee} unit={row.feeAsset} /> },
        { title: t("orders.liquidity"), render: (_, row) => (row.liquidity === null ? "–" : word("liquidity", row.liquidity)) },
        { title: t("col.plan"), dataIndex: "planId", className: "num" },
        { title: t("col.order"), dataIndex: "orderId", className: "num" },
      ]}
    />
  );
}
