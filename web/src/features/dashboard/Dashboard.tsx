// What is connected, what is open, what it earns, what is wrong: in one look.
import { useLocale } from "@/shared/i18n/locale";
import { Alerts } from "./Alerts";
import { Balances } from "./Balances";
import { Equity } from "./Equity";
import { Figures } from "./Figures";
import { Hops } from "./Hops";
import { Inventory } from "./Inventory";
import { RecentPlans } from "./RecentPlans";
import { Results } from "./Results";
import { Venues } from "./Venues";

export default function Dashboard() {
  const { t } = useLocale();
  return (
    <div className="page">
      <h1 className="page-title">{t("nav.dashboard")}</h1>
      <Figures />
      <div className="grid">
        <Equity />
        <Venues />
        <RecentPlans />
        <Alerts />
        <Results />
        <Balances />
        <Inventory />
        <Hops />
      </div>
    </div>
  );
}
