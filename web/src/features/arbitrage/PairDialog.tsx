// A new pair: two instruments, a threshold, a quantity, a cap.
import { Alert, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { faultText } from "@/api/faults";
import { useCreatePairMutation, useInstrumentsQuery } from "@/api/monitoring";
import type { Leg } from "@/api/types";
import { report } from "@/live/connect";
import { decimal, positive } from "@/parts/rules";
import { useLocale } from "@/shared/i18n/locale";

interface Fields {
  leg1: string;
  leg2: string;
  threshold: string;
  qty: string;
  totalAmount: string;
  direction: string;
}

export function PairDialog({ close }: { close: () => void }) {
  const locale = useLocale();
  const { t, word } = locale;
  const [form] = Form.useForm<Fields>();
  const [search, setSearch] = useState("");
  const { data: instruments, isFetching } = useInstrumentsQuery(search.toUpperCase());
  const [create, { error, isLoading }] = useCreatePairMutation();
  const options = (instruments ?? []).map((one) => ({
    value: `${one.exchange}:${one.type}:${one.symbol}`,
    label: `${one.symbol} · ${one.exchange} ${one.type}`,
  }));

  const save = async (fields: Fields) => {
    const answer = await create({ ...fields, leg1: legOf(fields.leg1), leg2: legOf(fields.leg2), enabled: true });
    if (answer.error !== undefined) return;
    report("pair_saved", { pairId: answer.data.id });
    close();
  };

  return (
    <Modal open title={t("arb.addPair")} okText={t("common.save")} cancelText={t("common.cancel")} okButtonProps={{ loading: isLoading }} onOk={() => form.submit()} onCancel={close}>
      {error !== undefined && <Alert type="error" showIcon title={faultText(error, locale)} role="alert" />}
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ direction: "auto", threshold: "0.1" }} onFinish={(fields) => void save(fields)}>
        {(["leg1", "leg2"] as const).map((name) => (
          <Form.Item key={name} name={name} label={t(`arb.${name}`)} rules={[{ required: true, message: t("form.required") }]}>
            <Select showSearch={{ onSearch: setSearch, filterOption: false }} loading={isFetching} options={options} placeholder={t("arb.searchSymbol")} />
          </Form.Item>
        ))}
        <div className="form-grid">
          <Form.Item name="threshold" label={`${t("arb.threshold")}, %`} rules={[decimal(t)]}>
            <Input inputMode="decimal" />
          </Form.Item>
          <Form.Item name="qty" label={t("arb.qtyPerShot")} rules={[positive(t)]}>
            <Input inputMode="decimal" />
          </Form.Item>
          <Form.Item name="totalAmount" label={t("arb.cap")} rules={[positive(t)]}>
            <Input inputMode="decimal" />
          </Form.Item>
          <Form.Item name="direction" label={t("arb.direction")}>
            <Select options={["auto", "leg1_buy", "leg2_buy"].map((value) => ({ value, label: word("direction", value) }))} />
          </Form.Item>
        </div>
      </Form>
    </Modal>
  );
}

function legOf(name: string): Leg {
  const [exchange = "", type = "", symbol = ""] = name.split(":");
  return { exchange, type: type === "linear" ? "linear" : "spot", symbol };
}
