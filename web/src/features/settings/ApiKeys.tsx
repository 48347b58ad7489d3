import { Alert, Button, Form, Input, Modal, Popconfirm, Select } from "antd";
import { useState } from "react";
import { useAddApiKeyMutation, useApiKeysQuery, useDropApiKeyMutation } from "@/api/people";
import type { ApiKey } from "@/api/types";
import { ReadPanel } from "@/parts/ReadPanel";
import { useWithCode } from "@/parts/useWithCode";
import { useLocale } from "@/shared/i18n/locale";
import { Rows, act } from "@/shared/ui/Rows";
import { useRoot } from "@/state/root";
import { useSay } from "./useSay";

/** Keys for one's own programs. */
export function ApiKeys() {
  const { t, time } = useLocale();
  const say = useSay();
  const read = useApiKeysQuery();
  const [drop] = useDropApiKeyMutation();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <ReadPanel
        className="full"
        title={t("settings.apiKeys")}
        extra={
          <Button size="small" onClick={() => setAdding(true)}>
            {t("settings.addApiKey")}
          </Button>
        }
        read={read}
        empty={(rows) => rows.length === 0 && t("settings.noApiKeys")}
      >
        {(rows) => (
          <Rows<ApiKey>
            rowKey="id"
            dataSource={rows}
            columns={[
              { title: t("settings.name"), dataIndex: "name" },
              { title: t("settings.scopes"), render: (_, row) => row.scopes.join(", ") },
              { title: t("settings.addresses"), render: (_, row) => (row.addresses.length === 0 ? t("settings.anyAddress") : row.addresses.join(", ")) },
              { title: t("settings.lastUsed"), className: "num", render: (_, row) => time(row.lastUsedTs, "full") },
              { title: t("settings.expires"), className: "num", render: (_, row) => (row.expiresTs === null ? t("settings.never") : time(row.expiresTs, "full")) },
              {
                title: "",
                ...act,
                render: (_, row) => (
                  <Popconfirm title={t("settings.dropApiKeyTitle", { name: row.name })} okText={t("common.delete")} cancelText={t("common.cancel")} onConfirm={async () => { say(await drop(row.id)); }}>
                    <Button size="small" type="text" danger>
                      {t("common.delete")}
                    </Button>
                  </Popconfirm>
                ),
              },
            ]}
          />
        )}
      </ReadPanel>
      {adding && <KeyDialog close={() => setAdding(false)} />}
    </>
  );
}

interface Fields {
  name: string;
  scopes: string[];
  addresses?: string;
}

function KeyDialog({ close }: { close: () => void }) {
  const { t } = useLocale();
  const say = useSay();
  const withCode = useWithCode();
  const [form] = Form.useForm<Fields>();
  const held = useRoot((state) => state.session.who?.permissions ?? []);
  const [add, { isLoading }] = useAddApiKeyMutation();
  const [made, setMade] = useState<string | null>(null);
  const save = async ({ name, scopes, addresses }: Fields) => {
    const list = (addresses ?? "").split(/[\s,]+/).filter(Boolean);
    const answer = await withCode((totp) => add({ name, scopes, addresses: list, totp }));
    if (say(answer) && "data" in answer && answer.data !== undefined) setMade(answer.data.key);
  };
  return (
    <Modal open title={t("settings.addApiKey")} okText={t(made === null ? "settings.create" : "common.done")} cancelText={t("common.cancel")} okButtonProps={{ loading: isLoading }} onOk={() => (made === null ? form.submit() : close())} onCancel={close}>
      {made !== null ? (
        <Alert type="success" title={t("settings.keyOnce")} description={<code className="secret">{made}</code>} />
      ) : (
        <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ scopes: ["read"] }} onFinish={(fields) => void save(fields)}>
          <Form.Item name="name" label={t("settings.name")} rules={[{ required: true, message: t("form.required") }]}>
            <Input maxLength={40} />
          </Form.Item>
          <Form.Item name="scopes" label={t("settings.scopes")} rules={[{ required: true, message: t("form.required") }]}>
            <Select mode="multiple" options={held.filter((name) => name !== "own").map((value) => ({ value, label: value }))} />
          </Form.Item>
          <Form.Item name="addresses" label={t("settings.addressesText")}>
            <Input placeholder="192.0.2.7, 198.51.100.0/24" />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
