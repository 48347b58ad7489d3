// Orders that may still fill, what is held, and the history of both.
import { Tabs } from "antd";
import { useState } from "react";
import { useLocale } from "@/shared/i18n/locale";
import { Filters, type Filter } from "./Filters";
import { History } from "./History";
import { OpenOrders } from "./OpenOrders";
import { Positions } from "./Positions";
import { Trades } from "./Trades";

export default function Orders() {
  const { t } = useLocale();
  const [filter, setFilter] = useState<Filter>({});
  const filters = <Filters filter={filter} change={setFilter} />;
  return (
    <div className="page">
      <h1 className="page-title">{t("nav.orders")}</h1>
      <div className="stackgrid">
        <OpenOrders />
        <Positions />
        <section className="panel" aria-label={t("orders.history")}>
          <Tabs
            className="tabs"
            items={[
              { key: "orders", label: t("orders.history"), children: <>{filters}<History filter={filter} /></> },
              { key: "fills", label: t("orders.fills"), children: <>{filters}<Trades filter={filter} /></> },
            ]}
          />
        </section>
      </div>
    </div>
  );
}
