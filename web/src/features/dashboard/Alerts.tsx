import { Link } from "react-router";
import { useLocale } from "@/shared/i18n/locale";
import { Badge } from "@/shared/ui/Badges";
import { Panel } from "@/shared/ui/Panel";
import { useRoot } from "@/state/root";

const SHOWN = 8;

/** The last warnings that arrived while this page was open. */
export function Alerts() {
  const { t, time, word } = useLocale();
  const alerts = useRoot((state) => state.feed.alerts);
  return (
    <Panel
      title={t("dash.alerts")}
      extra={<Link to="/log">{t("dash.allEvents")}</Link>}
      empty={alerts.length === 0 ? t("dash.noAlerts") : undefined}
    >
      <ul className="lines" aria-live="polite">
        {alerts.slice(0, SHOWN).map((alert) => (
          <li key={alert.seq}>
            <span className="num soft">{time(alert.ts)}</span>
            <Badge tone={alert.severity === "critical" ? "bad" : "warn"}>{word("event", alert.event)}</Badge>
            <span className="grow">
              {alert.text} <span className="soft">{alert.subject}</span>
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
