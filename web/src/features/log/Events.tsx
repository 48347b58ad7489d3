import { Input, Select } from "antd";
import { useMemo, useState } from "react";
import { useLocale } from "@/shared/i18n/locale";
import { Badge } from "@/shared/ui/Badges";
import { Rows, long } from "@/shared/ui/Rows";
import { FEED_MAX, type FeedEntry, type Severity } from "@/state/feed";
import { useRoot } from "@/state/root";
import { matching } from "./filter";

const TONES = { info: "soft", warning: "warn", critical: "bad" } as const;

/** The newest events of the stream since this page was opened. */
export function Events() {
  const { t, time, word } = useLocale();
  const entries = useRoot((state) => state.feed.entries);
  const [severity, setSeverity] = useState<Severity | undefined>();
  const [event, setEvent] = useState<string | undefined>();
  const [text, setText] = useState("");
  const kinds = useMemo(() => [...new Set(entries.map((entry) => entry.event))].sort(), [entries]);
  const rows = useMemo(() => matching(entries, { severity, event, text }), [entries, severity, event, text]);
  return (
    <>
      <div className="toolbar log-filters">
        <Input size="small" allowClear style={{ width: 200 }} aria-label={t("log.search")} placeholder={t("log.search")} onChange={(change) => setText(change.target.value)} />
        <Select
          size="small"
          allowClear
          style={{ width: 150 }}
          aria-label={t("log.event")}
          placeholder={t("log.event")}
          value={event}
          onChange={setEvent}
          options={kinds.map((value) => ({ value, label: word("event", value) }))}
        />
        <Select<Severity>
          size="small"
          allowClear
          style={{ width: 130 }}
          aria-label={t("log.severity")}
          placeholder={t("log.severity")}
          {...(severity === undefined ? {} : { value: severity })}
          onChange={setSeverity}
          options={(["info", "warning", "critical"] as const).map((value) => ({ value, label: word("severity", value) }))}
        />
        <span className="soft">{t("log.kept", { n: rows.length, max: FEED_MAX })}</span>
      </div>
      {rows.length === 0 ? (
        <p className="empty">{t(entries.length === 0 ? "log.quiet" : "log.noMatch")}</p>
      ) : (
        <Rows<FeedEntry>
          rowKey="seq"
          dataSource={rows}
          scroll={{}}
          pagination={{ pageSize: 50, showSizeChanger: false, size: "small", hideOnSinglePage: true }}
          columns={[
            { title: t("col.time"), className: "num", render: (_, row) => time(row.ts, "ms") },
            { title: t("log.event"), render: (_, row) => <Badge tone={TONES[row.severity]}>{word("event", row.event)}</Badge> },
            { title: t("log.text"), ...long, dataIndex: "text" },
            { title: t("log.subject"), dataIndex: "subject", className: "num" },
          ]}
        />
      )}
    </>
  );
}
