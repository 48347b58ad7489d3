import { Alert, App, Button, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { usePutVenueKeyMutation, useDropVenueKeyMutation, useTestVenueKeyMutation, useVenueKeysQuery } from "@/api/people";
import type { KeyTest, VenueKeys as Kept } from "@/api/types";
import { faultText } from "@/api/faults";
import { ReadPanel } from "@/parts/ReadPanel";
import { useWithCode } from "@/parts/useWithCode";
import { useLocale } from "@/shared/i18n/locale";
import { Light } from "@/shared/ui/Badges";
import { Rows, act } from "@/shared/ui/Rows";
import { useSay } from "./useSay";

type Row = Kept & { name: string };
const WITH_PASSPHRASE = new Set(["okx", "bitget"]);

/** Keys of venues: entered and tested, never shown. */
export function VenueKeys() {
  const { t, time } = useLocale();
  const say = useSay();
  const withCode = useWithCode();
  const { modal } = App.useApp();
  const read = useVenueKeysQuery();
  const [adding, setAdding] = useState<string | null>(null);
  const [test, { isLoading: testing }] = useTestVenueKeyMutation();
  const [drop] = useDropVenueKeyMutation();

  const tryKey = async (exchange: string, account: string) => {
    const answer = await test({ exchange, account });
    if (say(answer) && answer.data !== undefined) void modal.info({ title: exchange, content: <Rights test={answer.data} /> });
  };
  return (
    <>
      <ReadPanel title={t("settings.venueKeys")} extra={<span className="soft">{t("settings.keysText")}</span>} read={read}>
        {(keys) => (
          <Rows<Row>
            rowKey="name"
            dataSource={Object.entries(keys).map(([name, key]) => ({ name, ...key }))}
            columns={[
              { title: t("col.venue"), render: (_, row) => <strong>{row.name}</strong> },
              { title: t("col.state"), render: (_, row) => <Light tone={row.connected ? "good" : "bad"} label={t(row.connected ? "venues.up" : "venues.down")} /> },
              { title: t("settings.inUse"), render: (_, row) => t(row.hasKey ? "settings.hasKey" : "settings.hasNoKey") },
              { title: t("settings.kept"), render: (_, row) => row.kept.map((key) => <div key={key.account}>{`${key.account}: ••••••••`} <span className="soft num">{time(key.updatedTs, "full")}</span></div>) },
              {
                title: "",
                ...act,
                render: (_, row) => (
                  <div className="actions">
                    {row.kept.map(({ account }) => (
                      <Button key={account} size="small" loading={testing} onClick={() => void tryKey(row.name, account)}>
                        {t("settings.test")}
                      </Button>
                    ))}
                    <Button size="small" onClick={() => setAdding(row.name)}>
                      {t("settings.enterKey")}
                    </Button>
                    {row.kept.map(({ account }) => (
                      <Button key={account} size="small" type="text" danger onClick={() => void withCode((totp) => drop({ exchange: row.name, account, totp })).then((answer) => say(answer))}>
                        {t("common.delete")}
                      </Button>
                    ))}
                  </div>
                ),
              },
            ]}
          />
        )}
      </ReadPanel>
      {adding !== null && <VenueKeyDialog exchange={adding} close={() => setAdding(null)} />}
    </>
  );
}

function Rights({ test }: { test: KeyTest }) {
  const { t } = useLocale();
  const line = (name: string, held: boolean, good: boolean) => (
    <li>
      <Light tone={good ? "good" : "bad"} label={`${name}: ${t(held ? "settings.yes" : "settings.no")}`} />
    </li>
  );
  const { read, trade, withdraw, bound } = test.permissions;
  return (
    <ul className="parts">
      {line(t("settings.mayRead"), read, read)}
      {line(t("settings.mayTrade"), trade, trade)}
      {line(t("settings.mayWithdraw"), withdraw, !withdraw)}
      {line(t("settings.bound"), bound, bound)}
    </ul>
  );
}

interface Fields {
  exchange: string;
  apiKey: string;
  secret: string;
  passphrase?: string;
}

function VenueKeyDialog({ exchange, close }: { exchange: string; close: () => void }) {
  const locale = useLocale();
  const { t } = locale;
  const withCode = useWithCode();
  const [form] = Form.useForm<Fields>();
  const [put, { isLoading, error }] = usePutVenueKeyMutation();
  const save = async ({ exchange: name, apiKey, secret, passphrase }: Fields) => {
    const key = { exchange: name, apiKey, secret, ...(passphrase ? { passphrase } : {}) };
    const answer = await withCode((totp) => put({ ...key, totp }));
    if (answer.error === undefined) close();
  };
  const rules = [{ required: true, message: t("form.required") }];
  return (
    <Modal open title={t("settings.enterKeyOf", { venue: exchange })} okText={t("settings.testAndKeep")} cancelText={t("common.cancel")} okButtonProps={{ loading: isLoading }} onOk={() => form.submit()} onCancel={close} destroyOnHidden>
      {error !== undefined && <Alert type="error" showIcon title={faultText(error, locale)} role="alert" />}
      <p className="soft">{t("settings.keyRule")}</p>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} autoComplete="off" initialValues={{ exchange }} onFinish={(fields) => void save(fields)}>
        <Form.Item name="exchange" label={t("col.venue")}>
          <Select disabled options={[{ value: exchange, label: exchange }]} />
        </Form.Item>
        <Form.Item name="apiKey" label={t("settings.apiKey")} rules={rules}>
          <Input.Password autoComplete="off" />
        </Form.Item>
        <Form.Item name="secret" label={t("settings.secret")} rules={rules}>
          <Input.Password autoComplete="off" />
        </Form.Item>
        {WITH_PASSPHRASE.has(exchange) && (
          <Form.Item name="passphrase" label={t("settings.passphrase")} rules={rules}>
            <Input.Password autoComplete="off" />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
