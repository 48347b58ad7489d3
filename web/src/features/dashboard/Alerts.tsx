import { Link } from "react-router";
import { useLatestAlertsQuery } from "@/api/system";
import { latest } from "@/parts/alerts";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { Badge } from "@/shared/ui/Badges";
import { useRoot } from "@/state/root";

const SHOWN = 8;
const ASKED = 50;

/** The last warnings: those that the server kept, whoever looked then, and what this page was told besides. */
export function Alerts() {
  const { t, time, word } = useLocale();
  const heard = useRoot((state) => state.feed.alerts);
  const read = useLatestAlertsQuery(ASKED, { pollingInterval: 15_000 });
  return (
    <ReadPanel
      title={t("dash.alerts")}
      extra={<Link to="/log">{t("dash.allEvents")}</Link>}
      read={read}
      empty={(kept) => latest(kept, heard, 1).length === 0 && t("dash.noAlerts")}
    >
      {(kept) => (
        <ul className="lines" aria-live="polite">
          {latest(kept, heard, SHOWN).map((alert) => (
            <li key={alert.id}>
              <span className="num soft">{time(alert.ts, "full")}</span>
              <Badge tone={alert.severity === "critical" ? "bad" : "warn"}>{word("event", alert.event)}</Badge>
              <span className="grow">
                {alert.text} <span className="soft">{alert.subject}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </ReadPanel>
  );
}
