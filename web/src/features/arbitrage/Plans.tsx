// Executions with their two legs; each opens to its timeline.
import { Select } from "antd";
import { useMemo, useState } from "react";
import { usePlansQuery } from "@/api/arbitrage";
import type { Plan, PlanLeg } from "@/api/types";
import { Price, Qty, useInstruments, type Lookup } from "@/parts/instruments";
import { PlanDetail } from "@/parts/PlanDetail";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { Amount, Percent } from "@/shared/ui/Amount";
import { SideWord, StateBadge } from "@/shared/ui/Badges";
import { Rows, long, right } from "@/shared/ui/Rows";

const STATES = ["PLANNED", "WORKING", "HEDGING", "HEDGED", "UNWOUND", "EXPIRED", "REPORTED"] as const;
const SHOWN = 25;

export function Plans() {
  const { t, time, word } = useLocale();
  const find = useInstruments();
  const [state, setState] = useState<string | undefined>();
  const read = usePlansQuery(undefined, { pollingInterval: 15_000 });
  const rows = useMemo(() => (read.data?.items ?? []).filter((plan) => state === undefined || plan.state === state), [read.data, state]);
  return (
    <ReadPanel
      className="full"
      title={t("arb.plans")}
      extra={
        <Select
          size="small"
          allowClear
          style={{ width: 150 }}
          placeholder={t("col.state")}
          aria-label={t("col.state")}
          value={state}
          onChange={setState}
          options={STATES.map((value) => ({ value, label: word("state", value) }))}
        />
      }
      read={read}
      empty={(page) => page.items.length === 0 && t("arb.noPlans")}
    >
      {() => (
        <Rows<Plan>
          rowKey="planId"
          dataSource={rows}
          pagination={{ pageSize: SHOWN, showSizeChanger: false, size: "small", hideOnSinglePage: true }}
          expandable={{ expandedRowRender: (plan) => <PlanDetail plan={plan} />, rowExpandable: () => true }}
          columns={[
            { title: t("col.time"), className: "num", render: (_, plan) => time(plan.createdTs, "full") },
            { title: t("col.plan"), dataIndex: "planId" },
            { title: t("col.pair"), dataIndex: "pairId" },
            { title: t("col.state"), render: (_, plan) => <StateBadge state={plan.state} /> },
            { title: t("arb.leg1"), ...long, render: (_, plan) => <LegCell leg={plan.legs[0]} find={find} /> },
            { title: t("arb.leg2"), ...long, render: (_, plan) => <LegCell leg={plan.legs[1]} find={find} /> },
            { title: t("arb.residual"), ...right, render: (_, plan) => <Amount value={plan.residual} /> },
            { title: t("arb.spread"), ...right, render: (_, plan) => <Percent value={plan.spreadPercent} /> },
            { title: t("col.pnl"), ...right, render: (_, plan) => <Amount value={plan.endedTs == null ? null : plan.pnl} decimals={4} toned unit={plan.legs[0] && find(plan.legs[0])?.quote} /> },
          ]}
        />
      )}
    </ReadPanel>
  );
}

function LegCell({ leg, find }: { leg: PlanLeg | undefined; find: Lookup }) {
  if (leg === undefined) return "–";
  const of = find(leg);
  return (
    <>
      <SideWord side={leg.side} /> <Qty value={leg.filledQty} of={of} /> @ <Price value={leg.avgPrice} of={of} /> <span className="soft">{leg.exchange}</span>
    </>
  );
}
