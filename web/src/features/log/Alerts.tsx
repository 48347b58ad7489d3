import { Select } from "antd";
import { useState } from "react";
import { useAlertsInfiniteQuery } from "@/api/system";
import type { Alert } from "@/api/types";
import { lineOf } from "@/parts/alerts";
import { PagedRows } from "@/parts/PagedRows";
import { useLocale } from "@/shared/i18n/locale";
import { Badge } from "@/shared/ui/Badges";
import { long } from "@/shared/ui/Rows";

const TONES = { info: "soft", warning: "warn", critical: "bad" } as const;

/** What the engine warned of, from the server's own book: also of the time when nobody looked. */
export function Alerts() {
  const { t, time, word } = useLocale();
  const [severity, setSeverity] = useState<string | undefined>();
  const read = useAlertsInfiniteQuery({ severity }, { pollingInterval: 15_000 });
  return (
    <>
      <div className="toolbar log-filters">
        <Select
          size="small"
          allowClear
          style={{ width: 130 }}
          aria-label={t("log.severity")}
          placeholder={t("log.severity")}
          value={severity}
          onChange={(value: string | undefined) => setSeverity(value)}
          options={(["info", "warning", "critical"] as const).map((value) => ({ value, label: word("severity", value) }))}
        />
      </div>
      <PagedRows<Alert>
        read={read}
        rowKey={(row) => row.id}
        empty={t("log.noAlerts")}
        columns={[
          { title: t("col.time"), className: "num", render: (_, row) => time(row.ts, "full") },
          { title: t("log.severity"), render: (_, row) => <Badge tone={TONES[lineOf(row).severity]}>{word("severity", lineOf(row).severity)}</Badge> },
          { title: t("log.event"), render: (_, row) => word("event", row.event) },
          { title: t("log.text"), ...long, render: (_, row) => lineOf(row).text },
          { title: t("log.subject"), className: "num", render: (_, row) => lineOf(row).subject },
        ]}
      />
    </>
  );
}
