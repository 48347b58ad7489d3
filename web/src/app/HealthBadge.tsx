import { Popover } from "antd";
import type { HealthState } from "@/api/system";
import { useLocale } from "@/shared/i18n/locale";
import { Light } from "@/shared/ui/Badges";
import { useRoot } from "@/state/root";

const TONES = { healthy: "good", degraded: "warn", unhealthy: "bad", unreachable: "bad" } as const;

/** One light for the whole process; its parts stand behind it. */
export function HealthBadge({ health }: { health: HealthState | undefined }) {
  const { t, word } = useLocale();
  const link = useRoot((state) => state.link.state);
  const status = health?.status ?? (link === "live" ? "healthy" : "unreachable");
  if (health === undefined) return null;
  const parts = Object.entries(health.components);
  return (
    <Popover
      trigger={["hover", "click"]}
      title={t("shell.health")}
      content={
        <ul className="parts">
          {parts.map(([name, part]) => (
            <li key={name}>
              <Light tone={TONES[part.status as keyof typeof TONES] ?? "warn"} label={name} />
              {part.detail !== undefined && <span className="soft">{part.detail}</span>}
            </li>
          ))}
          {parts.length === 0 && <li>{t("error.OFFLINE")}</li>}
        </ul>
      }
    >
      <button type="button" className="plain">
        <Light tone={link === "live" ? TONES[status] : "warn"} label={link === "live" ? word("state", status) : t("shell.offline")} />
      </button>
    </Popover>
  );
}
