// Levels of one position: new ones, or others for a protection that has not triggered.
import { Alert, Form, Input, Modal } from "antd";
import { useState } from "react";
import { newKey } from "@/api/client";
import { faultText } from "@/api/faults";
import { useChangeProtectionMutation, useSetProtectionMutation } from "@/api/protections";
import type { Protection } from "@/api/types";
import { useLivePrice } from "@/live/useLivePrice";
import { PlaceName, Price, Qty, useInstruments } from "@/parts/instruments";
import { optional } from "@/parts/rules";
import { useLocale } from "@/shared/i18n/locale";
import { LevelInputs } from "./TicketForm";
import { levelProblems, levelsOf, type LevelFields } from "./levels";

/** `held`: signed; above zero was bought. */
export interface Protected {
  exchange: string;
  account: string;
  symbol: string;
  type: "spot" | "linear";
  held: string;
  known?: Protection;
}

type Fields = LevelFields & { qty?: string };
const text = (value: string | number | null | undefined) => (value == null ? "" : String(value));

export function ProtectDialog({ of, close }: { of: Protected; close: () => void }) {
  const locale = useLocale();
  const { t } = locale;
  const [form] = Form.useForm<Fields>();
  const fields = Form.useWatch((values: Fields) => values, form) as Fields | undefined;
  const [key] = useState(newKey);
  const [bare, setBare] = useState(false);
  const instrument = useInstruments()(of);
  const live = useLivePrice(of);
  const long = !of.held.startsWith("-");
  const price = long ? live?.bid : live?.ask;
  const [add, adding] = useSetProtectionMutation();
  const [change, changing] = useChangeProtectionMutation();
  const error = adding.error ?? changing.error;
  const problems = levelProblems(fields ?? {}, long, price);

  const save = async (given: Fields) => {
    const levels = levelsOf(given);
    const { stopLoss, takeProfit, trailingPct } = levels;
    const none = stopLoss === undefined && takeProfit === undefined && trailingPct === undefined;
    setBare(none);
    if (none) return;
    const { exchange, account, symbol, type, known } = of;
    const done = known === undefined ? await add({ terms: { exchange, account, symbol, type, ...levels }, key }) : await change({ id: known.protectionId, levels });
    if (done.error === undefined) close();
  };

  return (
    <Modal open width={560} title={t(of.known === undefined ? "protect.add" : "protect.edit")} okText={t("common.save")} cancelText={t("common.cancel")} okButtonProps={{ loading: adding.isLoading || changing.isLoading }} onOk={() => form.submit()} onCancel={close}>
      {error !== undefined && <Alert type="error" showIcon title={faultText(error, locale)} role="alert" />}
      {bare && <Alert type="error" showIcon title={t("protect.none")} role="alert" />}
      <p>
        <Qty value={of.held} of={instrument} unit signed /> <PlaceName place={of} /> · {t("protect.now")} <Price value={price} of={instrument} />
      </p>
      <p className="soft">{t(long ? "protect.ruleLong" : "protect.ruleShort")}</p>
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ stopLoss: text(of.known?.stopLoss), takeProfit: text(of.known?.takeProfit), trailingPct: text(of.known?.trailingPct), venueStopPct: text(of.known?.venueStopPct), qty: text(of.known?.qty) }}
        onFinish={(given) => void save(given)}
      >
        <LevelInputs instrument={instrument} />
        {of.type === "linear" && (
          <Form.Item name="venueStopPct" label={t("protect.venueStopPct")} extra={t("protect.venueStopWhy")} rules={[optional(t)]}>
            <Input inputMode="decimal" suffix="%" />
          </Form.Item>
        )}
        <Form.Item name="qty" label={t("protect.qty")} rules={[optional(t)]}>
          <Input inputMode="decimal" suffix={instrument?.base} />
        </Form.Item>
      </Form>
      {problems.map((problem) => <Alert key={problem} type="warning" showIcon title={t(`ticket.problem.${problem}`)} />)}
    </Modal>
  );
}
