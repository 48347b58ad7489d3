// TWAP plans: a quantity traded in slices on a schedule.
import { PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTwapsQuery } from "@/api/twap";
import type { TwapPlan } from "@/api/types";
import { Qty, useInstruments } from "@/parts/instruments";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { formatPercent, share } from "@/shared/lib/amount";
import { Amount } from "@/shared/ui/Amount";
import { SideWord, StateBadge } from "@/shared/ui/Badges";
import { Rows, act, right } from "@/shared/ui/Rows";
import { useMay } from "@/state/root";
import { Controls } from "./Controls";
import { TwapDetail } from "./TwapDetail";
import { TwapDialog } from "./TwapDialog";

export default function Twap() {
  const { t, time } = useLocale();
  const allowed = useMay("trade");
  const find = useInstruments();
  const read = useTwapsQuery(undefined, { pollingInterval: 3_000 });
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<TwapPlan | null>(null);
  return (
    <div className="page">
      <h1 className="page-title">{t("nav.twap")}</h1>
      <ReadPanel
        title={t("twap.plans")}
        extra={
          <Button type="primary" size="small" icon={<PlusOutlined aria-hidden />} disabled={!allowed} title={allowed ? "" : t("common.notAllowed")} onClick={() => setAdding(true)}>
            {t("twap.new")}
          </Button>
        }
        read={read}
        empty={(page) => page.items.length === 0 && t("twap.none")}
      >
        {(page) => (
          <Rows<TwapPlan>
            rowKey="planId"
            dataSource={page.items}
            expandable={{ expandedRowRender: (plan) => <TwapDetail plan={plan} />, defaultExpandedRowKeys: page.items.slice(0, 1).map((plan) => plan.planId) }}
            columns={[
              {
                title: t("col.plan"),
                render: (_, plan) => (
                  <span className="place under">
                    <strong>{plan.name}</strong> <span className="soft">{plan.planId}</span> <span className="soft">{time(plan.createdTs, "full")}</span>
                  </span>
                ),
              },
              { title: t("col.state"), render: (_, plan) => <StateBadge state={plan.state} /> },
              {
                title: t("twap.legs"),
                render: (_, plan) =>
                  plan.legs.map((leg, index) => (
                    <div key={index} className="part under">
                      <SideWord side={leg.side} /> {leg.symbol} <span className="soft">{`${leg.exchange} ${leg.type}`}</span>
                    </div>
                  )),
              },
              {
                title: t("twap.progress"),
                render: (_, plan) => {
                  const percent = share(plan.progress.executed, plan.totalQty);
                  return (
                    <span className="place under">
                      <Progress percent={percent} label={t("twap.progress")} /> <span className="num">{formatPercent(percent, { decimals: 0 })}</span>
                      <span className="soft">{t("twap.slicesDone", { done: plan.progress.slicesDone, total: plan.progress.slicesTotal })}</span>
                    </span>
                  );
                },
              },
              {
                title: t("twap.executed"),
                ...right,
                render: (_, plan) => {
                  const of = plan.legs[0] && find(plan.legs[0]);
                  return (
                    <>
                      <Qty value={plan.progress.executed} of={of} /> / <Qty value={plan.totalQty} of={of} unit />
                    </>
                  );
                },
              },
              { title: t("col.avgPrice"), ...right, render: (_, plan) => <Amount value={plan.avgPrice} decimals={2} /> },
              { title: t("twap.costShort"), ...right, render: (_, plan) => <Amount value={plan.legs[0]?.costBps} decimals={2} signed unit="bps" /> },
              { title: "", ...act, render: (_, plan) => <Controls plan={plan} edit={() => setEditing(plan)} /> },
            ]}
          />
        )}
      </ReadPanel>
      {adding && <TwapDialog close={() => setAdding(false)} />}
      {editing !== null && <TwapDialog plan={editing} close={() => setEditing(null)} />}
    </div>
  );
}

/** Progress is no use of a limit: it never turns red. */
function Progress({ percent, label }: { percent: number | null; label: string }) {
  return <progress className="meter" max={100} value={percent ?? 0} aria-label={label} />;
}
