// Every direction of every pair, best first, with what is left of the spread and what eats the rest.
import { Button } from "antd";
import { useMemo, useState } from "react";
import { useOpportunitiesQuery, usePairsQuery } from "@/api/monitoring";
import type { Opportunity } from "@/api/types";
import { Price, Qty, useInstruments, type Lookup } from "@/parts/instruments";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { big } from "@/shared/lib/amount";
import { Amount, Percent } from "@/shared/ui/Amount";
import { Rows, act, right } from "@/shared/ui/Rows";
import { useMay } from "@/state/root";
import { ExecuteDialog } from "./ExecuteDialog";
import { ranked } from "./rank";

interface Props {
  chosen: string | null;
  choose: (pairId: string) => void;
}

export function Opportunities({ chosen, choose }: Props) {
  const { t } = useLocale();
  const find = useInstruments();
  const allowed = useMay("trade");
  const read = useOpportunitiesQuery(undefined, { pollingInterval: 1_000 });
  const { data: pairs } = usePairsQuery();
  const [executing, setExecuting] = useState<string | null>(null);
  const rows = useMemo(() => ranked(read.data ?? []), [read.data]);
  const reaches = (row: Opportunity) => {
    const threshold = big(pairs?.find((pair) => pair.id === row.pairId)?.threshold);
    return threshold !== null && (big(row.netPercent)?.gte(threshold) ?? false);
  };

  return (
    <>
    <ReadPanel className="full" title={t("arb.opportunities")} extra={<span className="soft">{t("arb.atSize")}</span>} read={read} empty={(all) => all.length === 0 && t("arb.noOpportunities")}>
      {() => (
        <Rows<Opportunity>
          rowKey={(row) => `${row.pairId}:${row.direction}`}
          dataSource={rows}
          rowClassName={(row) => (row.pairId === chosen ? "chosen" : "")}
          columns={[
            {
              title: t("col.pair"),
              render: (_, row) => (
                <Button type="link" size="small" onClick={() => choose(row.pairId)}>
                  {row.pairId}
                </Button>
              ),
            },
            { title: t("arb.netPercent"), ...right, render: (_, row) => <NetPercent row={row} reaches={reaches(row)} /> },
            { title: t("arb.net"), ...right, render: (_, row) => <Amount value={row.net} decimals={4} toned unit={find(row.buy)?.quote} /> },
            { title: t("arb.buyAt"), render: (_, row) => <Side side={row.buy} find={find} /> },
            { title: t("arb.sellAt"), render: (_, row) => <Side side={row.sell} find={find} /> },
            { title: t("col.qty"), ...right, render: (_, row) => <Qty value={row.qty} of={find(row.buy)} unit /> },
            { title: t("arb.gross"), ...right, render: (_, row) => <Amount value={row.gross} decimals={4} /> },
            { title: t("arb.fees"), ...right, render: (_, row) => <Amount value={row.fees} decimals={4} /> },
            { title: t("arb.slippage"), ...right, render: (_, row) => <Amount value={row.slippage} decimals={4} /> },
            {
              title: "",
              ...act,
              render: (_, row) => (
                <Button size="small" disabled={!allowed} title={allowed ? "" : t("common.notAllowed")} onClick={() => setExecuting(row.pairId)}>
                  {t("arb.execute")}
                </Button>
              ),
            },
          ]}
        />
      )}
    </ReadPanel>
      {executing !== null && <ExecuteDialog pairId={executing} close={() => setExecuting(null)} />}
    </>
  );
}

/** With a mark where the pair's threshold is met. */
function NetPercent({ row, reaches }: { row: Opportunity; reaches: boolean }) {
  const { t } = useLocale();
  return (
    <>
      {reaches && (
        <span className="good" role="img" aria-label={t("arb.above")} title={t("arb.above")}>
          ▲{" "}
        </span>
      )}
      <Percent value={row.netPercent} toned />
    </>
  );
}

function Side({ side, find }: { side: Opportunity["buy"]; find: Lookup }) {
  return (
    <span className="place under">
      <Price value={side.price} of={find(side)} /> <span className="soft">{`${side.exchange} ${side.type}`}</span>
    </span>
  );
}
