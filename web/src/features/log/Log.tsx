// What happened: events as they come, and who did what.
import { Tabs } from "antd";
import { useLocale } from "@/shared/i18n/locale";
import { useMay } from "@/state/root";
import { Alerts } from "./Alerts";
import { Audit } from "./Audit";
import { Events } from "./Events";

export default function Log() {
  const { t } = useLocale();
  const allowed = useMay("audit");
  return (
    <div className="page">
      <h1 className="page-title">{t("nav.log")}</h1>
      <section className="panel" aria-label={t("nav.log")}>
        <Tabs
          className="tabs"
          items={[
            { key: "events", label: t("log.events"), children: <Events /> },
            { key: "alerts", label: t("log.alerts"), children: <Alerts /> },
            { key: "audit", label: t("log.audit"), children: allowed ? <Audit /> : <p className="empty">{t("common.notAllowed")}</p> },
          ]}
        />
      </section>
    </div>
  );
}
