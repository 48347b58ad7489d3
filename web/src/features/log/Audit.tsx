import { Input } from "antd";
import { useState } from "react";
import { useAuditInfiniteQuery } from "@/api/people";
import type { AuditRow } from "@/api/types";
import { PagedRows } from "@/parts/PagedRows";
import { useLocale } from "@/shared/i18n/locale";
import { Badge } from "@/shared/ui/Badges";
import { long } from "@/shared/ui/Rows";

/** Who did what, from the server's own book. */
export function Audit() {
  const { t, time } = useLocale();
  const [actor, setActor] = useState("");
  const [action, setAction] = useState("");
  const read = useAuditInfiniteQuery({ actor: actor || undefined, action: action || undefined }, { pollingInterval: 10_000 });
  return (
    <>
      <div className="toolbar log-filters">
        <Input size="small" allowClear style={{ width: 160 }} aria-label={t("log.actor")} placeholder={t("log.actor")} onChange={(change) => setActor(change.target.value.trim())} />
        <Input size="small" allowClear style={{ width: 260 }} aria-label={t("log.action")} placeholder={t("log.action")} onChange={(change) => setAction(change.target.value.trim())} />
      </div>
      <PagedRows<AuditRow>
        read={read}
        rowKey={(row) => String(row.seq)}
        empty={t("log.noAudit")}
        columns={[
          { title: t("col.time"), className: "num", render: (_, row) => time(row.ts, "full") },
          { title: t("log.actor"), render: (_, row) => <>{row.actor} <span className="soft">{row.role}</span></> },
          { title: t("log.action"), dataIndex: "action" },
          { title: t("log.target"), dataIndex: "target" },
          { title: t("log.outcome"), render: (_, row) => <Badge tone={/^(ok|success|2\d\d)$/i.test(row.outcome) ? "good" : "warn"}>{row.outcome}</Badge> },
          { title: t("log.change"), ...long, render: (_, row) => <code className="change">{[row.before, row.after].filter(Boolean).join(" → ").slice(0, 160)}</code> },
          { title: t("log.address"), dataIndex: "address", className: "num" },
        ]}
      />
    </>
  );
}
