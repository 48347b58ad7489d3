import { App, Button, Popconfirm } from "antd";
import { faultText } from "@/api/faults";
import { useCancelOrderMutation, useOpenOrdersQuery } from "@/api/trading";
import type { Order } from "@/api/types";
import { report } from "@/live/connect";
import { PlaceName, Price, Qty, useInstruments } from "@/parts/instruments";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { SideWord, StateBadge } from "@/shared/ui/Badges";
import { Rows, act, right } from "@/shared/ui/Rows";
import { useMay } from "@/state/root";

export function OpenOrders() {
  const locale = useLocale();
  const { t, time } = locale;
  const { modal, message } = App.useApp();
  const allowed = useMay("trade");
  const find = useInstruments();
  const read = useOpenOrdersQuery(undefined, { pollingInterval: 3_000 });
  const [cancel] = useCancelOrderMutation();

  const drop = async (order: Order) => {
    const answer = await cancel(order.orderId);
    if (answer.error !== undefined) void message.error(faultText(answer.error, locale), 8);
  };
  const dropAll = (orders: Order[]) => {
    void modal.confirm({
      title: t("orders.cancelAllTitle", { n: orders.length }),
      content: (
        <ul>
          {orders.slice(0, 10).map((order) => (
            <li key={order.orderId}>{`${order.side} ${order.qty} ${order.symbol} ${order.exchange} ${order.type} (${order.orderId})`}</li>
          ))}
          {orders.length > 10 && <li>…</li>}
        </ul>
      ),
      okText: t("orders.cancelAll"),
      okButtonProps: { danger: true },
      cancelText: t("common.close"),
      onOk: async () => {
        report("order_confirmed", { action: "cancel_all", orders: orders.length });
        await Promise.all(orders.map(drop));
      },
    });
  };

  return (
    <ReadPanel
      title={t("orders.open")}
      extra={
        <Button size="small" danger disabled={!allowed || !read.data?.length} onClick={() => dropAll(read.data ?? [])}>
          {t("orders.cancelAll")}
        </Button>
      }
      read={read}
      empty={(rows) => rows.length === 0 && t("orders.noneOpen")}
    >
      {(rows) => (
        <Rows<Order>
          rowKey="orderId"
          dataSource={rows}
          columns={[
            { title: t("col.time"), className: "num", render: (_, row) => time(row.createdTs, "ms") },
            { title: t("col.instrument"), render: (_, row) => <PlaceName place={row} /> },
            { title: t("col.side"), render: (_, row) => <SideWord side={row.side} /> },
            { title: t("col.price"), ...right, render: (_, row) => <Price value={row.price} of={find(row)} /> },
            { title: t("col.qty"), ...right, render: (_, row) => <Qty value={row.qty} of={find(row)} unit /> },
            { title: t("col.filled"), ...right, render: (_, row) => <Qty value={row.filledQty} of={find(row)} /> },
            { title: t("col.state"), render: (_, row) => <StateBadge state={row.state} /> },
            { title: t("col.order"), dataIndex: "orderId", className: "num" },
            {
              title: "",
              ...act,
              render: (_, row) => (
                <Popconfirm title={t("orders.cancelTitle", { order: row.orderId })} okText={t("orders.cancel")} cancelText={t("common.close")} onConfirm={() => drop(row)}>
                  <Button size="small" disabled={!allowed}>
                    {t("orders.cancel")}
                  </Button>
                </Popconfirm>
              ),
            },
          ]}
        />
      )}
    </ReadPanel>
  );
}
