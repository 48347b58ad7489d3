// A new TWAP plan; what the terms come to stands beside them while they are typed.
import { Alert, Form, Input, Modal, Select, Switch } from "antd";
import { useState } from "react";
import { newKey } from "@/api/client";
import { faultText } from "@/api/faults";
import { useBookQuery, useInstrumentsQuery } from "@/api/monitoring";
import { useCreateTwapMutation, type TwapTerms } from "@/api/twap";
import type { Instrument, Side } from "@/api/types";
import { decimal, optional, positive } from "@/parts/rules";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { Stat, Stats } from "@/shared/ui/Stat";
import { formatSpan } from "@/shared/lib/time";
import { estimate } from "./schedule";

interface Fields {
  name: string;
  leg1: string;
  side1: Side;
  leg2?: string;
  totalQty: string;
  sliceQty: string;
  seconds: string;
  randomizePct?: string;
  limitOffsetBps?: string;
  maxParticipationPct?: string;
  autoStart: boolean;
}

const nameOf = (one: Instrument) => `${one.exchange}:${one.type}:${one.symbol}`;

export function TwapDialog({ close }: { close: () => void }) {
  const locale = useLocale();
  const { t, word } = locale;
  const [form] = Form.useForm<Fields>();
  const fields = Form.useWatch((values: Partial<Fields>) => values, form) as Partial<Fields> | undefined;
  const [key] = useState(newKey);
  const [search, setSearch] = useState("");
  const { data: instruments = [] } = useInstrumentsQuery(search.toUpperCase());
  const [create, { error, isLoading }] = useCreateTwapMutation();
  const options = instruments.map((one) => ({ value: nameOf(one), label: `${one.symbol} · ${one.exchange} ${one.type}` }));
  const find = (name: string | undefined) => instruments.find((one) => nameOf(one) === name);
  const pick = { showSearch: { onSearch: setSearch, filterOption: false as const }, options, placeholder: t("arb.searchSymbol") };

  const save = async (given: Fields) => {
    const answer = await create({ terms: termsOf(given), key });
    if (answer.error === undefined) close();
  };

  return (
    <Modal open width={680} title={t("twap.new")} okText={t("twap.create")} cancelText={t("common.cancel")} okButtonProps={{ loading: isLoading }} onOk={() => form.submit()} onCancel={close}>
      {error !== undefined && <Alert type="error" showIcon title={faultText(error, locale)} role="alert" />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ side1: "buy", seconds: "5", autoStart: true, limitOffsetBps: "5" }} onFinish={(given) => void save(given)}>
        <div className="form-grid">
          <Form.Item className="full" name="name" label={t("twap.name")} rules={[{ required: true, message: t("form.required") }]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="leg1" label={t("arb.leg1")} rules={[{ required: true, message: t("form.required") }]}>
            <Select {...pick} />
          </Form.Item>
          <Form.Item name="side1" label={t("col.side")}>
            <Select options={["buy", "sell"].map((value) => ({ value, label: word("side", value) }))} />
          </Form.Item>
          <Form.Item className="full" name="leg2" label={t("twap.leg2")}>
            <Select allowClear {...pick} />
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
          <Form.Item name="autoStart" label={t("twap.autoStart")} valuePropName="checked">
            <Switch />
          </Form.Item>
        </div>
      </Form>
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

function termsOf(given: Fields): TwapTerms {
  const place = (name: string, side: Side): TwapTerms["legs"][number] => {
    const [exchange = "", type = "", symbol = ""] = name.split(":");
    return { exchange, symbol, type: type === "linear" ? "linear" : "spot", side };
  };
  const legs = [place(given.leg1, given.side1)];
  if (given.leg2) legs.push(place(given.leg2, given.side1 === "buy" ? "sell" : "buy"));
  return {
    name: given.name,
    totalQty: given.totalQty.trim(),
    sliceQty: given.sliceQty.trim(),
    intervalMs: Math.round(Number(given.seconds) * 1000),
    legs,
    autoStart: given.autoStart,
    ...(given.randomizePct ? { randomizePct: given.randomizePct } : {}),
    ...(given.limitOffsetBps ? { limitOffsetBps: Number(given.limitOffsetBps) } : {}),
    ...(given.maxParticipationPct ? { maxParticipationPct: given.maxParticipationPct } : {}),
  };
}
