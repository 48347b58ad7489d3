import { useOrdersInfiniteQuery } from "@/api/trading";
import type { Order } from "@/api/types";
import { PlaceName, Price, Qty, useInstruments } from "@/parts/instruments";
import { PagedRows } from "@/parts/PagedRows";
import { useLocale } from "@/shared/i18n/locale";
import { SideWord, StateBadge } from "@/shared/ui/Badges";
import { right } from "@/shared/ui/Rows";
import type { Filter } from "./Filters";

export function History({ filter }: { filter: Filter }) {
  const { t, time, word } = useLocale();
  const find = useInstruments();
  const read = useOrdersInfiniteQuery(filter);
  return (
    <PagedRows<Order>
      read={read}
      rowKey={(row) => row.orderId}
      empty={t("orders.none")}
      columns={[
        { title: t("col.time"), className: "num", render: (_, row) => time(row.createdTs, "full") },
        { title: t("col.instrument"), render: (_, row) => <PlaceName place={row} under /> },
        { title: t("col.side"), render: (_, row) => <SideWord side={row.side} /> },
        { title: t("orders.kind"), render: (_, row) => [word("kind", row.orderType ?? ""), row.timeInForce].filter(Boolean).join(" ") },
        { title: t("col.price"), ...right, render: (_, row) => <Price value={row.price} of={find(row)} /> },
        { title: t("col.qty"), ...right, render: (_, row) => <Qty value={row.qty} of={find(row)} unit /> },
        { title: t("col.filled"), ...right, render: (_, row) => <Qty value={row.filledQty} of={find(row)} /> },
        { title: t("col.avgPrice"), ...right, render: (_, row) => <Price value={row.avgPrice} of={find(row)} /> },
        { title: t("col.state"), render: (_, row) => <span title={row.reason ?? ""}><StateBadge state={row.state} /></span> },
        {
          title: t("col.order"),
          className: "num",
          render: (_, row) => (
            <span className="place under">
              {row.orderId} <span className="soft">{row.planId}</span>
            </span>
          ),
        },
      ]}
    />
  );
}
