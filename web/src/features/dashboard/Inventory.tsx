import { usePositionsQuery } from "@/api/trading";
import { useInstruments } from "@/parts/instruments";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { signOf } from "@/shared/lib/amount";
import { Amount } from "@/shared/ui/Amount";
import { Badge } from "@/shared/ui/Badges";
import { Rows, right } from "@/shared/ui/Rows";
import { imbalances, type Imbalance } from "./imbalance";

/** What was moved between venues, and what of it stands unhedged. */
export function Inventory() {
  const { t } = useLocale();
  const find = useInstruments();
  const read = usePositionsQuery(undefined, { pollingInterval: 5_000 });
  return (
    <ReadPanel title={t("dash.inventory")} read={read} empty={(rows) => rows.length === 0 && t("dash.noInventory")}>
      {(rows) => (
        <Rows<Imbalance>
          rowKey="base"
          dataSource={imbalances(rows, (row) => find(row)?.base ?? row.symbol)}
          columns={[
            { title: t("col.asset"), dataIndex: "base", render: (base: string) => <strong>{base}</strong> },
            {
              title: t("dash.byVenue"),
              render: (_, row) =>
                row.parts.map(({ place, qty }) => (
                  <div key={place} className="part">
                    <span className="soft">{place}</span> <Amount value={qty} signed />
                  </div>
                )),
            },
            {
              title: t("dash.unhedged"),
              ...right,
              render: (_, row) => (
                <>
                  <Amount value={row.net} signed unit={row.base} />{" "}
                  <Badge tone={signOf(row.net) === 0 ? "good" : "warn"}>{t(signOf(row.net) === 0 ? "dash.even" : "dash.uneven")}</Badge>
                </>
              ),
            },
          ]}
        />
      )}
    </ReadPanel>
  );
}
