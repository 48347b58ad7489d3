// The fields of a single order, with what they come to below them.
import { Alert, Form, Input, Select, Switch, type FormInstance } from "antd";
import type { Instrument } from "@/api/types";
import { optional, positive } from "@/parts/rules";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { Stat, Stats } from "@/shared/ui/Stat";
import { judged, type TicketFields, type Touch } from "./ticket";

interface Props {
  form: FormInstance<TicketFields>;
  fields: Partial<TicketFields> | undefined;
  instruments: readonly Instrument[];
  instrument: Instrument | undefined;
  touch: Touch;
  search: (text: string) => void;
  save: (fields: TicketFields) => void;
}

const FORCES = ["GTC", "IOC", "FOK", "PostOnly"] as const;

export function TicketForm({ form, fields, instruments, instrument, touch, search, save }: Props) {
  const { t, word } = useLocale();
  const options = instruments.map((one) => ({ value: `${one.exchange}:${one.type}:${one.symbol}`, label: `${one.symbol} · ${one.exchange} ${one.type}` }));
  const limit = fields?.kind !== "market";
  return (
    <>
      <Form<TicketFields> form={form} layout="vertical" requiredMark={false} initialValues={{ side: "buy", kind: "limit", force: "GTC", reduceOnly: false }} onFinish={save}>
        <div className="form-grid">
          <Form.Item className="full" name="instrument" label={t("col.instrument")} rules={[{ required: true, message: t("form.required") }]}>
            <Select showSearch={{ onSearch: search, filterOption: false }} options={options} placeholder={t("arb.searchSymbol")} />
          </Form.Item>
          <Form.Item name="side" label={t("col.side")}>
            <Select options={["buy", "sell"].map((value) => ({ value, label: word("side", value) }))} />
          </Form.Item>
          <Form.Item name="kind" label={t("orders.kind")}>
            <Select options={["limit", "market"].map((value) => ({ value, label: word("kind", value) }))} />
          </Form.Item>
          <Form.Item name="qty" label={t("col.qty")} rules={[positive(t)]}>
            <Input inputMode="decimal" suffix={instrument?.base} />
          </Form.Item>
          {limit && (
            <Form.Item name="price" label={t("col.price")} rules={[positive(t)]}>
              <Input inputMode="decimal" suffix={instrument?.quote} />
            </Form.Item>
          )}
          {limit && (
            <Form.Item name="force" label={t("ticket.force")}>
              <Select options={FORCES.map((value) => ({ value, label: word("force", value) }))} />
            </Form.Item>
          )}
          <Form.Item name="reduceOnly" label={t("ticket.reduceOnly")} valuePropName="checked">
            <Switch />
          </Form.Item>
        </div>
        <LevelInputs instrument={instrument} />
      </Form>
      <Comes fields={fields} instrument={instrument} touch={touch} />
    </>
  );
}

/** Stop, target and trail; a protection's dialog has the same. */
export function LevelInputs({ instrument }: { instrument: Instrument | undefined }) {
  const { t } = useLocale();
  return (
    <div className="form-grid">
      <Form.Item name="stopLoss" label={t("protect.stop")} rules={[optional(t)]}>
        <Input inputMode="decimal" suffix={instrument?.quote} />
      </Form.Item>
      <Form.Item name="takeProfit" label={t("protect.target")} rules={[optional(t)]}>
        <Input inputMode="decimal" suffix={instrument?.quote} />
      </Form.Item>
      <Form.Item name="trailingPct" label={t("protect.trail")} rules={[optional(t)]}>
        <Input inputMode="decimal" suffix="%" />
      </Form.Item>
    </div>
  );
}

function Comes({ fields, instrument, touch }: Pick<Props, "fields" | "instrument" | "touch">) {
  const { t } = useLocale();
  const result = judged(fields ?? {}, instrument, touch);
  return (
    <>
      <Stats>
        <Stat label={t("ticket.bid")}>
          <Amount value={touch.bid} />
        </Stat>
        <Stat label={t("ticket.ask")}>
          <Amount value={touch.ask} />
        </Stat>
        <Stat label={t("twap.notional")}>
          <Amount value={result?.notional} decimals={2} unit={instrument?.quote} />
        </Stat>
      </Stats>
      {result?.problems.map((problem) => <Alert key={problem} type="warning" showIcon title={t(`ticket.problem.${problem}`)} />)}
      {result?.takes && <p className="soft">{t("ticket.takes")}</p>}
    </>
  );
}
