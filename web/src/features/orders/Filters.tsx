import { Input, Select } from "antd";
import { useExchangesQuery } from "@/api/system";
import { useLocale } from "@/shared/i18n/locale";

export interface Filter {
  exchange?: string | undefined;
  symbol?: string | undefined;
  state?: string | undefined;
  plan?: string | undefined;
}

const STATES = ["SENT", "LIVE", "PARTIALLY_FILLED", "FILLED", "CANCELLED", "REJECTED", "EXPIRED", "UNKNOWN", "DEAD"];

export function Filters({ filter, change }: { filter: Filter; change: (filter: Filter) => void }) {
  const { t, word } = useLocale();
  const { data: venues } = useExchangesQuery();
  const set = (fields: Filter) => change({ ...filter, ...fields });
  return (
    <div className="toolbar log-filters">
      <Select
        size="small"
        allowClear
        style={{ width: 110 }}
        aria-label={t("col.venue")}
        placeholder={t("col.venue")}
        value={filter.exchange}
        onChange={(exchange: string | undefined) => set({ exchange })}
        options={(venues ?? []).map(({ name }) => ({ value: name, label: name }))}
      />
      <Select
        size="small"
        allowClear
        style={{ width: 120 }}
        aria-label={t("col.state")}
        placeholder={t("col.state")}
        value={filter.state}
        onChange={(state: string | undefined) => set({ state })}
        options={STATES.map((state) => ({ value: state, label: word("state", state) }))}
      />
      <Input
        size="small"
        allowClear
        style={{ width: 120 }}
        aria-label={t("col.symbol")}
        placeholder={t("col.symbol")}
        onChange={(event) => set({ symbol: event.target.value.trim().toUpperCase() || undefined })}
      />
      <Input
        size="small"
        allowClear
        style={{ width: 120 }}
        aria-label={t("col.plan")}
        placeholder={t("col.plan")}
        onChange={(event) => set({ plan: event.target.value.trim() || undefined })}
      />
    </div>
  );
}
