import { useBalancesQuery } from "@/api/trading";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { Rows, right } from "@/shared/ui/Rows";

const digits = (asset: string) => (/^(USD|EUR|FDUSD|DAI)/.test(asset) ? 2 : 8);

/** What lies where: free, held by open orders or margin, together. */
export function Balances() {
  const { t } = useLocale();
  const read = useBalancesQuery(undefined, { pollingInterval: 10_000 });
  return (
    <ReadPanel title={t("dash.balances")} read={read} empty={(rows) => rows.length === 0 && t("dash.noBalances")}>
      {(rows) => (
        <Rows
          rowKey={(row) => `${row.exchange}:${row.account}:${row.wallet}:${row.asset}`}
          dataSource={rows}
          columns={[
            {
              title: t("col.venue"),
              render: (_, row) => (
                <>
                  {row.exchange} <span className="soft">{row.wallet}</span>
                </>
              ),
            },
            { title: t("col.asset"), dataIndex: "asset", render: (asset: string) => <strong>{asset}</strong> },
            { title: t("col.free"), ...right, render: (_, row) => <Amount value={row.free} decimals={digits(row.asset)} /> },
            { title: t("col.locked"), ...right, render: (_, row) => <Amount value={row.locked} decimals={digits(row.asset)} /> },
            { title: t("col.total"), ...right, render: (_, row) => <Amount value={row.total} decimals={digits(row.asset)} unit={row.asset} /> },
          ]}
        />
      )}
    </ReadPanel>
  );
}
