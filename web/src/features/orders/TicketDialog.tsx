// A single order: typed, previewed at the prices of this moment, confirmed, followed.
import { Alert, Form, Modal } from "antd";
import { useEffect, useState } from "react";
import { newKey } from "@/api/client";
import { faultText } from "@/api/faults";
import { useBookQuery, useInstrumentsQuery } from "@/api/monitoring";
import { usePlaceOrderMutation } from "@/api/trading";
import type { Instrument } from "@/api/types";
import { report, wantChannel } from "@/live/connect";
import { instrumentName } from "@/live/prices";
import { useLocale } from "@/shared/i18n/locale";
import { Preview, Sent } from "./TicketFaces";
import { TicketForm } from "./TicketForm";
import { judged, termsOf, type TicketFields } from "./ticket";

export const nameOf = (one: Instrument) => `${one.exchange}:${one.type}:${one.symbol}`;
const NOWHERE = { exchange: "", symbol: "", type: "spot" } as const;

export function TicketDialog({ close }: { close: () => void }) {
  const locale = useLocale();
  const { t } = locale;
  const [form] = Form.useForm<TicketFields>();
  const fields = Form.useWatch((values: Partial<TicketFields>) => values, form) as Partial<TicketFields> | undefined;
  const [search, setSearch] = useState("");
  const { data: instruments = [] } = useInstrumentsQuery(search.toUpperCase());
  // What was previewed is what is sent, under one key: pressing twice is still one order.
  const [wanted, setWanted] = useState<{ fields: TicketFields; key: string } | null>(null);
  const [place, { data: sent, error, isLoading, reset }] = usePlaceOrderMutation();
  const shown = wanted?.fields ?? fields;
  const instrument = instruments.find((one) => nameOf(one) === shown?.instrument);
  const leg = instrument && { exchange: instrument.exchange, symbol: instrument.symbol, type: instrument.type };
  const { data: book } = useBookQuery({ leg: leg ?? NOWHERE, depth: 1 }, { skip: leg === undefined, pollingInterval: 1_000 });
  // The engine only trades what it watches: the book is whole by the time the order is confirmed.
  const watched = leg && instrumentName(leg);
  useEffect(() => (watched === undefined ? undefined : wantChannel(`prices:${watched}`)), [watched]);
  const touch = { bid: book?.bids[0]?.[0], ask: book?.asks[0]?.[0] };

  const confirm = async () => {
    if (wanted === null) return;
    report("order_confirmed", { action: "place", instrument: wanted.fields.instrument });
    await place({ terms: termsOf(wanted.fields), key: wanted.key });
  };
  const back = () => {
    reset();
    setWanted(null);
  };
  const step = sent !== undefined ? "sent" : wanted !== null ? "preview" : "form";
  const next = { form: () => form.submit(), preview: () => void confirm(), sent: close }[step];
  const texts = { form: t("ticket.preview"), preview: t("ticket.send"), sent: t("common.done") };

  return (
    <Modal
      open
      width={640}
      title={t(step === "preview" ? "ticket.confirmTitle" : "ticket.title")}
      okText={texts[step]}
      okButtonProps={{ loading: isLoading, danger: step === "preview" }}
      cancelText={t(step === "preview" ? "ticket.back" : "common.cancel")}
      cancelButtonProps={step === "sent" ? { hidden: true } : {}}
      onOk={next}
      onCancel={(event) => (step === "preview" && event.currentTarget.matches(".ant-modal-footer *") ? back() : close())}
    >
      {error !== undefined && <Alert type="error" showIcon title={faultText(error, locale)} role="alert" />}
      <div hidden={step !== "form"}>
        <TicketForm form={form} fields={fields} instruments={instruments} instrument={instrument} touch={touch} search={setSearch} save={(given) => setWanted({ fields: given, key: newKey() })} />
      </div>
      {step === "preview" && wanted !== null && <Preview fields={wanted.fields} instrument={instrument} result={judged(wanted.fields, instrument, touch)} />}
      {sent !== undefined && <Sent sent={sent} instrument={instrument} />}
    </Modal>
  );
}
