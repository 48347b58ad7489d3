import { Button, Popconfirm } from "antd";
import { useEndAllLoginsMutation, useEndLoginMutation, useLoginsQuery } from "@/api/people";
import type { Login } from "@/api/types";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { Badge } from "@/shared/ui/Badges";
import { Rows, act } from "@/shared/ui/Rows";
import { useSay } from "./useSay";

/** Where one is logged in. */
export function Logins() {
  const { t, time } = useLocale();
  const say = useSay();
  const read = useLoginsQuery(undefined, { pollingInterval: 15_000 });
  const [end] = useEndLoginMutation();
  const [endAll] = useEndAllLoginsMutation();
  return (
    <ReadPanel
      title={t("settings.sessions")}
      extra={
        <Popconfirm title={t("settings.endAllTitle")} okText={t("settings.endAll")} cancelText={t("common.cancel")} onConfirm={async () => { say(await endAll()); }}>
          <Button size="small" danger>
            {t("settings.endAll")}
          </Button>
        </Popconfirm>
      }
      read={read}
    >
      {(rows) => (
        <Rows<Login>
          rowKey="id"
          dataSource={rows}
          columns={[
            {
              title: t("settings.where"),
              render: (_, row) => (
                <>
                  <span className="num">{row.address}</span> {row.current && <Badge tone="good">{t("settings.thisOne")}</Badge>}
                  <div className="soft agent">{row.agent}</div>
                </>
              ),
            },
            { title: t("settings.lastUsed"), className: "num", render: (_, row) => time(row.lastUsedTs, "full") },
            {
              title: "",
              ...act,
              render: (_, row) => (
                <Button size="small" disabled={row.current} onClick={() => void end(row.id).then((answer) => say(answer))}>
                  {t("settings.end")}
                </Button>
              ),
            },
          ]}
        />
      )}
    </ReadPanel>
  );
}
