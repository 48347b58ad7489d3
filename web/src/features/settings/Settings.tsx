// What can be set: one's own account, keys of venues, users, how the page looks.
import { Tabs } from "antd";
import { LookSwitches } from "@/parts/LookSwitches";
import { useLocale } from "@/shared/i18n/locale";
import { Panel } from "@/shared/ui/Panel";
import { useMay } from "@/state/root";
import { Account } from "./Account";
import { ApiKeys } from "./ApiKeys";
import { Logins } from "./Logins";
import { Users } from "./Users";
import { VenueKeys } from "./VenueKeys";

export default function Settings() {
  const { t } = useLocale();
  const [settings, users] = [useMay("settings"), useMay("users")];
  const closed = <p className="empty">{t("common.notAllowed")}</p>;
  return (
    <div className="page">
      <h1 className="page-title">{t("nav.settings")}</h1>
      <Tabs
        items={[
          {
            key: "account",
            label: t("settings.account"),
            children: (
              <div className="grid">
                <Account />
                <Logins />
                <ApiKeys />
              </div>
            ),
          },
          { key: "keys", label: t("settings.venueKeys"), children: settings ? <VenueKeys /> : closed },
          { key: "users", label: t("settings.users"), children: users ? <Users /> : closed },
          {
            key: "look",
            label: t("settings.look"),
            children: (
              <div className="grid">
                <Panel title={t("settings.look")}>
                  <div className="panel-body switches">
                    <LookSwitches />
                  </div>
                </Panel>
                <Panel title={t("settings.notifications")} empty={t("settings.notificationsLater")}>
                  {null}
                </Panel>
              </div>
            ),
          },
        ]}
      />
    </div>
  );
}
