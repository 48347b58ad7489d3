// The arbitrage desk: what is naked first, then what could be traded, what is watched, what was done.
import { useState } from "react";
import { useLocale } from "@/shared/i18n/locale";
import { Depths } from "./Depths";
import { LegPrices } from "./LegPrices";
import { Naked } from "./Naked";
import { Opportunities } from "./Opportunities";
import { Pairs } from "./Pairs";
import { Plans } from "./Plans";
import { SpreadHistory } from "./SpreadHistory";

export default function Arbitrage() {
  const { t } = useLocale();
  const [chosen, choose] = useState<string | null>(null);
  return (
    <div className="page">
      <h1 className="page-title">{t("nav.arbitrage")}</h1>
      <Naked />
      <div className="grid">
        <Opportunities chosen={chosen} choose={choose} />
        <Pairs chosen={chosen} choose={choose} />
        <Depths pairId={chosen} />
        <SpreadHistory pairId={chosen} />
        <LegPrices pairId={chosen} />
        <Plans />
      </div>
    </div>
  );
}
