// A TWAP plan, new or changed while it rests; what the terms come to stands beside them while they are typed.
import { Alert, Form, Input, Modal, Select, Switch } from "antd";
import { useState } from "react";
import { newKey } from "@/api/client";
import { faultText } from "@/api/faults";
import { useBookQuery, useInstrumentsQuery } from "@/api/monitoring";
import { useChangeTwapMutation, useCreateTwapMutation } from "@/api/twap";
import type { Instrument, TwapPlan } from "@/api/types";
import { decimal, optional, positive } from "@/parts/rules";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { Stat, Stats } from "@/shared/ui/Stat";
import { signOf } from "@/shared/lib/amount";
import { formatSpan } from "@/shared/lib/time";
import { estimate } from "./schedule";
import { changesOf, fieldsOf, nameOf, termsOf, type Fields } from "./terms";

const NEW = { side1: "buy", seconds: "5", autoStart: true, limitOffsetBps: "5" } as const;

/** `plan`: to change; its legs stay once anything was traded. */
export function TwapDialog({ plan, close }: { plan?: TwapPlan; close: () => void }) {
  const locale = useLocale();
  const { t, word } = locale;
  const [form] = Form.useForm<Fields>();
  const fields = Form.useWatch((values: Partial<Fields>) => values, form) as Partial<Fields> | undefined;
  const [key] = useState(newKey);
  const [search, setSearch] = useState("");
  const { data: instruments = [] } = useInstrumentsQuery(search.toUpperCase());
  const [create, creating] = useCreateTwapMutation();
  const [change, changing] = useChangeTwapMutation();
  const error = creating.error ?? changing.error;
  const begun = plan !== undefined && signOf(plan.progress.executed) !== 0;
  const options = instruments.map((one) => ({ value: nameOf(one), label: `${one.symbol} · ${one.exchange} ${one.type}` }));
  const find = (name: string | undefined) => instruments.find((one) => nameOf(one) === name);
  const pick = { showSearch: { onSearch: setSearch, filterOption: false as const }, options, placeholder: t("arb.searchSymbol") };

  const save = async (given: Fields) => {
    const answer = plan === undefined ? await create({ terms: termsOf(given), key }) : await change({ planId: plan.planId, terms: changesOf(given, plan) });
    if (answer.error === undefined) close();
  };

  return (
    <Modal open width={680} title={plan === undefined ? t("twap.new") : t("twap.editTitle", { name: plan.name })} okText={t(plan === undefined ? "twap.create" : "common.save")} cancelText={t("common.cancel")} okButtonProps={{ loading: creating.isLoading || changing.isLoading }} onOk={() => form.submit()} onCancel={close}>
      {error !== undefined && <Alert type="error" showIcon title={faultText(error, locale)} role="alert" />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={plan === undefined ? NEW : fieldsOf(plan)} onFinish={(given) => void save(given)}>
        <div className="form-grid">
          <Form.Item className="full" name="name" label={t("twap.name")} rules={[{ required: true, message: t("form.required") }]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="leg1" label={t("arb.leg1")} rules={[{ required: true, message: t("form.required") }]}>
            <Select {...pick} disabled={begun} />
          </Form.Item>
          <Form.Item name="side1" label={t("col.side")}>
            <Select disabled={begun} options={["buy", "sell"].map((value) => ({ value, label: word("side", value) }))} />
          </Form.Item>
          <Form.Item className="full" name="leg2" label={t("twap.leg2")}>
            <Select allowClear {...pick} disabled={begun} />
          </Form.Item>
          <Form.Item name="totalQty" label={t("twap.total")} rules={[positive(t)]}>
            <Input inputMode="decimal" suffix={find(fields?.leg1)?.base} />
          </Form.Item>
          <Form.Item name="sliceQty" label={t("twap.slice")} rules={[positive(t)]}>
            <Input inputMode="decimal" suffix={find(fields?.leg1)?.base} />
          </Form.Item>
          <Form.Item name="seconds" label={t("twap.interval")} rules={[positive(t), decimal(t)]}>
            <Input inputMode="decimal" suffix="s" />
          </Form.Item>
          <Form.Item name="limitOffsetBps" label={t("twap.offset")} rules={[optional(t)]}>
            <Input inputMode="numeric" suffix="bps" />
          </Form.Item>
          <Form.Item name="randomizePct" label={t("twap.randomize")} rules={[optional(t)]}>
            <Input inputMode="decimal" suffix="%" />
          </Form.Item>
          <Form.Item name="maxParticipationPct" label={t("twap.participation")} rules={[optional(t)]}>
            <Input inputMode="decimal" suffix="%" />
          </Form.Item>
          {plan === undefined && (
            <Form.Item name="autoStart" label={t("twap.autoStart")} valuePropName="checked">
              <Switch />
            </Form.Item>
          )}
        </div>
      </Form>
      {begun && <p className="soft">{t("twap.editText")}</p>}
      <Estimate fields={fields} first={find(fields?.leg1)} second={find(fields?.leg2)} />
    </Modal>
  );
}

function Estimate({ fields, first, second }: { fields: Partial<Fields> | undefined; first: Instrument | undefined; second: Instrument | undefined }) {
  const { t } = useLocale();
  const leg = first && { exchange: first.exchange, symbol: first.symbol, type: first.type };
  const { data: book } = useBookQuery({ leg: leg ?? { exchange: "", symbol: "", type: "spot" }, depth: 1 }, { skip: leg === undefined, pollingInterval: 2_000 });
  const price = fields?.side1 === "sell" ? book?.bids[0]?.[0] : book?.asks[0]?.[0];
  const intervalMs = Math.round(Number(fields?.seconds) * 1000);
  const result = estimate({ totalQty: fields?.totalQty, sliceQty: fields?.sliceQty, intervalMs }, [first, second], price);
  if (result === null) return <p className="soft">{t("twap.estimateEmpty")}</p>;
  return (
    <>
      <Stats>
        <Stat label={t("twap.slices")}>{result.slices}</Stat>
        <Stat label={t("twap.duration")}>{formatSpan(result.durationMs / 1000)}</Stat>
        <Stat label={t("twap.notional")} note={price === undefined ? undefined : <>@ <Amount value={price} /></>}>
          <Amount value={result.notional} decimals={2} unit={first?.quote} />
        </Stat>
      </Stats>
      {result.problems.map((problem) => (
        <Alert key={problem} type="warning" showIcon title={t(`twap.problem.${problem}`)} />
      ))}
    </>
  );
}
