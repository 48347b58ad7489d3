// What guards the positions: its levels, where the stop stands now, what became of it.
import { App, Button, Popconfirm } from "antd";
import { faultText } from "@/api/faults";
import { useProtectionsQuery, useRemoveProtectionMutation } from "@/api/protections";
import type { Protection } from "@/api/types";
import { PlaceName, Price, Qty, useInstruments } from "@/parts/instruments";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { StateBadge } from "@/shared/ui/Badges";
import { Rows, act, right } from "@/shared/ui/Rows";
import { useMay } from "@/state/root";
import type { Protected } from "./ProtectDialog";

const CHANGEABLE: ReadonlySet<string> = new Set(["waiting", "armed"]);

export function Protections({ edit }: { edit: (of: Protected) => void }) {
  const locale = useLocale();
  const { t, time } = locale;
  const { message } = App.useApp();
  const allowed = useMay("trade");
  const find = useInstruments();
  const read = useProtectionsQuery(undefined, { pollingInterval: 3_000 });
  const [remove] = useRemoveProtectionMutation();
  const drop = async (id: string) => {
    const { error } = await remove(id);
    if (error !== undefined) void message.error(faultText(error, locale), 8);
  };
  return (
    <ReadPanel title={t("protect.title")} read={read} empty={(rows) => rows.length === 0 && t("protect.empty")}>
      {(rows) => (
        <Rows<Protection>
          rowKey="protectionId"
          dataSource={rows}
          columns={[
            { title: t("col.time"), className: "num", render: (_, row) => time(row.createdTs, "full") },
            { title: t("col.instrument"), render: (_, row) => <PlaceName place={row} /> },
            { title: t("protect.held"), ...right, render: (_, row) => <Qty value={row.held} of={find(row)} unit /> },
            { title: t("protect.stop"), ...right, render: (_, row) => <Price value={row.stopLoss} of={find(row)} /> },
            { title: t("protect.target"), ...right, render: (_, row) => <Price value={row.takeProfit} of={find(row)} /> },
            { title: t("protect.trail"), ...right, render: (_, row) => <Amount value={row.trailingPct} unit="%" /> },
            { title: t("protect.stopNow"), ...right, render: (_, row) => <Price value={row.stopNow} of={find(row)} /> },
            { title: t("protect.venueStop"), ...right, render: (_, row) => <Price value={row.venueStop ?? null} of={find(row)} /> },
            { title: t("col.state"), render: (_, row) => <span title={row.reason ?? ""}><StateBadge state={row.state} /></span> },
            { title: t("protect.closed"), ...right, render: (_, row) => <Qty value={row.closedQty} of={find(row)} /> },
            { title: t("col.avgPrice"), ...right, render: (_, row) => <Price value={row.avgPrice} of={find(row)} /> },
            {
              title: "",
              ...act,
              render: (_, row) =>
                CHANGEABLE.has(row.state) && (
                  <div className="actions">
                    <Button size="small" disabled={!allowed} onClick={() => edit(protectedBy(row))}>
                      {t("common.edit")}
                    </Button>
                    <Popconfirm title={t("protect.removeTitle", { symbol: row.symbol })} description={t("protect.removeText")} okText={t("common.delete")} cancelText={t("common.close")} onConfirm={() => drop(row.protectionId)}>
                      <Button size="small" type="text" danger disabled={!allowed}>
                        {t("common.delete")}
                      </Button>
                    </Popconfirm>
                  </div>
                ),
            },
          ]}
        />
      )}
    </ReadPanel>
  );
}

/** Its orders sell what was bought. */
function protectedBy(row: Protection): Protected {
  const { exchange, account, symbol, type } = row;
  return { exchange, account, symbol, type, held: `${row.side === "sell" ? "" : "-"}${String(row.held)}`, known: row };
}
