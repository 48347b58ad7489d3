// The watched pairs. What may change often is edited in its row; the rest in a dialog.
import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Popconfirm, Switch } from "antd";
import { useState } from "react";
import { faultText } from "@/api/faults";
import { useDeletePairMutation, usePairsQuery, useUpdatePairMutation } from "@/api/monitoring";
import type { Pair } from "@/api/types";
import { report } from "@/live/connect";
import { PlaceName, useInstruments } from "@/parts/instruments";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { Rows, act, right } from "@/shared/ui/Rows";
import { useMay } from "@/state/root";
import { EditCell } from "./EditCell";
import { PairDialog } from "./PairDialog";
import { termsOf } from "./terms";

interface Props {
  chosen: string | null;
  choose: (pairId: string) => void;
}

export function Pairs({ chosen, choose }: Props) {
  const locale = useLocale();
  const { t, word } = locale;
  const { message } = App.useApp();
  const allowed = useMay("pairs");
  const find = useInstruments();
  const read = usePairsQuery(undefined, { pollingInterval: 5_000 });
  const [update] = useUpdatePairMutation();
  const [remove] = useDeletePairMutation();
  const [adding, setAdding] = useState(false);

  const change = async (pair: Pair, fields: Partial<ReturnType<typeof termsOf>>) => {
    const answer = await update({ id: pair.id, version: pair.version, terms: { ...termsOf(pair), ...fields } });
    if (answer.error !== undefined) void message.error(faultText(answer.error, locale), 8);
    else report("pair_saved", { pairId: pair.id });
    return answer.error === undefined;
  };
  const drop = async (pair: Pair) => {
    const answer = await remove(pair.id);
    if (answer.error !== undefined) void message.error(faultText(answer.error, locale), 8);
  };

  return (
    <>
      <ReadPanel
        className="full"
        title={t("arb.pairs")}
        extra={
          <Button size="small" icon={<PlusOutlined aria-hidden />} disabled={!allowed} onClick={() => setAdding(true)}>
            {t("arb.addPair")}
          </Button>
        }
        read={read}
        empty={(rows) => rows.length === 0 && t("arb.noPairs")}
      >
        {(rows) => (
          <Rows<Pair>
            rowKey="id"
            dataSource={rows}
            rowClassName={(row) => (row.id === chosen ? "chosen" : "")}
            columns={[
              {
                title: t("col.pair"),
                render: (_, row) => (
                  <Button type="link" size="small" onClick={() => choose(row.id)}>
                    {row.id}
                  </Button>
                ),
              },
              {
                title: t("arb.enabled"),
                render: (_, row) => (
                  <Switch size="small" aria-label={`${t("arb.enabled")} ${row.id}`} checked={row.enabled} disabled={!allowed} onChange={(enabled) => void change(row, { enabled })} />
                ),
              },
              { title: t("arb.leg1"), render: (_, row) => <PlaceName place={row.leg1} under /> },
              { title: t("arb.leg2"), render: (_, row) => <PlaceName place={row.leg2} under /> },
              {
                title: t("arb.threshold"),
                ...right,
                render: (_, row) => (
                  <EditCell label={t("arb.threshold")} value={row.threshold} unit="%" allowed={allowed} save={(threshold) => change(row, { threshold })} />
                ),
              },
              {
                title: t("arb.qtyPerShot"),
                ...right,
                render: (_, row) => (
                  <EditCell label={t("arb.qtyPerShot")} value={row.qty} unit={find(row.leg1)?.base ?? ""} allowed={allowed} save={(qty) => change(row, { qty })} />
                ),
              },
              {
                title: t("arb.cap"),
                ...right,
                render: (_, row) => (
                  <EditCell label={t("arb.cap")} value={row.totalAmount} unit={find(row.leg1)?.quote ?? ""} allowed={allowed} save={(totalAmount) => change(row, { totalAmount })} />
                ),
              },
              { title: t("arb.used"), ...right, render: (_, row) => <Amount value={row.usedAmount} decimals={0} unit={find(row.leg1)?.quote} /> },
              { title: t("arb.direction"), render: (_, row) => word("direction", row.direction) },
              {
                title: "",
                ...act,
                render: (_, row) => (
                  <Popconfirm
                    title={t("arb.deleteTitle", { pair: row.id })}
                    description={t("arb.deleteText")}
                    okText={t("common.delete")}
                    cancelText={t("common.cancel")}
                    okButtonProps={{ danger: true }}
                    onConfirm={() => drop(row)}
                  >
                    <Button size="small" type="text" danger disabled={!allowed}>
                      {t("common.delete")}
                    </Button>
                  </Popconfirm>
                ),
              },
            ]}
          />
        )}
      </ReadPanel>
      {adding && <PairDialog close={() => setAdding(false)} />}
    </>
  );
}
