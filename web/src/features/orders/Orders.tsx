// Orders that may still fill, what is held, and the history of both.
import { PlusOutlined } from "@ant-design/icons";
import { Button, Tabs } from "antd";
import { useState } from "react";
import { useLocale } from "@/shared/i18n/locale";
import { useMay } from "@/state/root";
import { Filters, type Filter } from "./Filters";
import { History } from "./History";
import { OpenOrders } from "./OpenOrders";
import { Positions } from "./Positions";
import { ProtectDialog, type Protected } from "./ProtectDialog";
import { Protections } from "./Protections";
import { TicketDialog } from "./TicketDialog";
import { Trades } from "./Trades";

export default function Orders() {
  const { t } = useLocale();
  const allowed = useMay("trade");
  const [placing, setPlacing] = useState(false);
  const [guarding, setGuarding] = useState<Protected | null>(null);
  const [filter, setFilter] = useState<Filter>({});
  const filters = <Filters filter={filter} change={setFilter} />;
  return (
    <div className="page">
      <div className="title-row">
        <h1 className="page-title">{t("nav.orders")}</h1>
        <Button type="primary" size="small" icon={<PlusOutlined aria-hidden />} disabled={!allowed} title={allowed ? "" : t("common.notAllowed")} onClick={() => setPlacing(true)}>
          {t("ticket.title")}
        </Button>
      </div>
      <div className="stackgrid">
        <OpenOrders />
        <Positions protect={setGuarding} />
        <Protections edit={setGuarding} />
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
      {placing && <TicketDialog close={() => setPlacing(false)} />}
      {guarding !== null && <ProtectDialog of={guarding} close={() => setGuarding(null)} />}
    </div>
  );
}
