import { Button } from "antd";
import { usePositionsQuery } from "@/api/trading";
import type { Position } from "@/api/types";
import { PlaceName, Price, Qty, useInstruments } from "@/parts/instruments";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { signOf } from "@/shared/lib/amount";
import { Amount } from "@/shared/ui/Amount";
import { Rows, act, right } from "@/shared/ui/Rows";
import { useMay } from "@/state/root";
import type { Protected } from "./ProtectDialog";

const MONEY = { decimals: 2, toned: true } as const;

export function Positions({ protect }: { protect: (of: Protected) => void }) {
  const { t } = useLocale();
  const allowed = useMay("trade");
  const find = useInstruments();
  const read = usePositionsQuery(undefined, { pollingInterval: 3_000 });
  return (
    <ReadPanel title={t("orders.positions")} read={read} empty={(rows) => rows.length === 0 && t("dash.noInventory")}>
      {(rows) => (
        <Rows<Position>
          rowKey={(row) => `${row.exchange}:${row.account}:${row.type}:${row.symbol}`}
          dataSource={rows}
          columns={[
            { title: t("col.instrument"), render: (_, row) => <PlaceName place={row} /> },
            { title: t("col.qty"), ...right, render: (_, row) => <Qty value={row.qty} of={find(row)} unit signed /> },
            { title: t("orders.entry"), ...right, render: (_, row) => <Price value={row.entryPrice} of={find(row)} /> },
            { title: t("orders.mark"), ...right, render: (_, row) => <Price value={row.markPrice} of={find(row)} /> },
            { title: t("dash.unrealised"), ...right, render: (_, row) => <Amount value={row.unrealizedPnl} {...MONEY} unit={find(row)?.quote} /> },
            { title: t("dash.realised"), ...right, render: (_, row) => <Amount value={row.realizedPnl} {...MONEY} unit={find(row)?.quote} /> },
            {
              title: t("arb.fees"),
              ...right,
              render: (_, row) =>
                row.fees.length === 0
                  ? "–"
                  : row.fees.map((fee) => (
                      <div key={fee.asset}>
                        <Amount value={fee.amount} decimals={fee.asset === find(row)?.quote ? 2 : 8} unit={fee.asset} />
                      </div>
                    )),
            },
            {
              title: "",
              ...act,
              render: (_, row) =>
                signOf(row.qty) !== 0 && (
                  <Button size="small" disabled={!allowed} onClick={() => protect({ exchange: row.exchange, account: row.account, symbol: row.symbol, type: row.type, held: String(row.qty) })}>
                    {t("protect.button")}
                  </Button>
                ),
            },
          ]}
        />
      )}
    </ReadPanel>
  );
}
