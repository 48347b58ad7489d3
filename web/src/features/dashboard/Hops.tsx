import { useSystemStatusQuery } from "@/api/system";
import type { Hop } from "@/api/types";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { formatMicros, formatSpan } from "@/shared/lib/time";
import { Rows, right } from "@/shared/ui/Rows";

/** Latency of each hop between a frame and an order. */
export function Hops() {
  const { t, word } = useLocale();
  const read = useSystemStatusQuery(undefined, { pollingInterval: 3_000 });
  return (
    <ReadPanel
      title={t("hops.title")}
      extra={read.data && <span className="soft num">{t("hops.uptime", { span: formatSpan(Number(read.data.uptimeS)) })}</span>}
      read={read}
      empty={(status) => Object.keys(status.hops).length === 0 && t("hops.none")}
    >
      {(status) => (
        <Rows
          whole
          rowKey="name"
          dataSource={Object.entries(status.hops).map(([name, hop]) => ({ ...(hop as Hop), name }))}
          columns={[
            { title: t("hops.hop"), render: (_, row) => word("hop", row.name) },
            { title: "p50", ...right, render: (_, row) => formatMicros(Number(row.p50Us)) },
            { title: "p95", ...right, render: (_, row) => formatMicros(Number(row.p95Us)) },
            { title: "p99", ...right, render: (_, row) => formatMicros(Number(row.p99Us)) },
          ]}
        />
      )}
    </ReadPanel>
  );
}
