import { Link } from "react-router";
import { usePlansQuery } from "@/api/arbitrage";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { StateBadge } from "@/shared/ui/Badges";
import { Rows, right } from "@/shared/ui/Rows";

const SHOWN = 8;

/** The newest executions, as they happen. */
export function RecentPlans() {
  const { t, time } = useLocale();
  const read = usePlansQuery(undefined, { pollingInterval: 15_000 });
  return (
    <ReadPanel
      title={t("dash.recent")}
      extra={<Link to="/arbitrage">{t("nav.arbitrage")}</Link>}
      read={read}
      empty={(page) => page.items.length === 0 && t("arb.noPlans")}
    >
      {(page) => (
        <Rows
          rowKey="planId"
          dataSource={page.items.slice(0, SHOWN)}
          columns={[
            { title: t("col.time"), className: "num", render: (_, plan) => time(plan.createdTs) },
            { title: t("col.pair"), dataIndex: "pairId" },
            { title: t("col.state"), render: (_, plan) => <StateBadge state={plan.state} /> },
            { title: t("col.pnl"), ...right, render: (_, plan) => <Amount value={plan.endedTs == null ? null : plan.pnl} decimals={2} toned unit="USDT" /> },
          ]}
        />
      )}
    </ReadPanel>
  );
}
