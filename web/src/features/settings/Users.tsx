import { Button, Form, Input, Modal, Popconfirm, Select, Switch } from "antd";
import { useState } from "react";
import { useAddUserMutation, useChangeUserMutation, useRemoveUserMutation, useUsersQuery } from "@/api/people";
import type { User } from "@/api/types";
import { ReadPanel } from "@/parts/ReadPanel";
import { useWithCode } from "@/parts/useWithCode";
import { useLocale } from "@/shared/i18n/locale";
import { Panel } from "@/shared/ui/Panel";
import { Rows, act } from "@/shared/ui/Rows";
import { useRoot } from "@/state/root";
import { PASSWORD_CHARS_MIN } from "./Account";
import { useSay } from "./useSay";

const ROLES = ["viewer", "trader", "strategist", "admin"] as const;

export function Users() {
  const { t, time, word } = useLocale();
  const say = useSay();
  const withCode = useWithCode();
  const read = useUsersQuery();
  const own = useRoot((state) => state.session.who?.id);
  const [change] = useChangeUserMutation();
  const [remove] = useRemoveUserMutation();
  const [adding, setAdding] = useState(false);
  const set = async (fields: Parameters<typeof change>[0]) => {
    say(await withCode((totp) => change({ ...fields, totp })), t("common.done"));
  };
  return (
    <div className="stackgrid">
      <ReadPanel
        title={t("settings.users")}
        extra={
          <Button size="small" onClick={() => setAdding(true)}>
            {t("settings.addUser")}
          </Button>
        }
        read={read}
      >
        {(rows) => (
          <Rows<User>
            rowKey="id"
            dataSource={rows}
            columns={[
              { title: t("login.user"), render: (_, row) => <strong>{row.username}</strong> },
              {
                title: t("settings.role"),
                render: (_, row) => (
                  <Select
                    size="small"
                    style={{ width: 130, maxWidth: "100%" }}
                    aria-label={`${t("settings.role")} ${row.username}`}
                    value={row.role}
                    disabled={row.id === own}
                    onChange={(role: string) => void set({ id: row.id, role })}
                    options={ROLES.map((value) => ({ value, label: word("role", value) }))}
                  />
                ),
              },
              { title: t("settings.mayLogIn"), render: (_, row) => <Switch size="small" aria-label={`${t("settings.mayLogIn")} ${row.username}`} checked={!row.disabled} disabled={row.id === own} onChange={(on) => void set({ id: row.id, disabled: !on })} /> },
              { title: t("settings.since"), className: "num", render: (_, row) => time(row.createdTs, "full") },
              {
                title: "",
                ...act,
                render: (_, row) => (
                  <Popconfirm title={t("settings.removeUserTitle", { name: row.username })} okText={t("common.delete")} cancelText={t("common.cancel")} onConfirm={async () => { say(await withCode((totp) => remove({ id: row.id, totp }))); }}>
                    <Button size="small" type="text" danger disabled={row.id === own}>
                      {t("common.delete")}
                    </Button>
                  </Popconfirm>
                ),
              },
            ]}
          />
        )}
      </ReadPanel>
      <Panel title={t("settings.roles")}>
        <dl className="panel-body facts roles">
          {ROLES.map((role) => (
            <div key={role} className="role">
              <dt>{word("role", role)}</dt>
              <dd>{t(`role.text.${role}`)}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      {adding && <UserDialog close={() => setAdding(false)} />}
    </div>
  );
}

interface Fields {
  username: string;
  role: string;
  password: string;
}

function UserDialog({ close }: { close: () => void }) {
  const { t, word } = useLocale();
  const say = useSay();
  const withCode = useWithCode();
  const [form] = Form.useForm<Fields>();
  const [add, { isLoading }] = useAddUserMutation();
  const save = async (fields: Fields) => {
    if (say(await withCode((totp) => add({ ...fields, totp })), t("common.done"))) close();
  };
  return (
    <Modal open title={t("settings.addUser")} okText={t("settings.create")} cancelText={t("common.cancel")} okButtonProps={{ loading: isLoading }} onOk={() => form.submit()} onCancel={close}>
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ role: "viewer" }} onFinish={(fields) => void save(fields)}>
        <Form.Item name="username" label={t("login.user")} rules={[{ required: true, message: t("form.required") }]}>
          <Input autoComplete="off" maxLength={64} />
        </Form.Item>
        <Form.Item name="role" label={t("settings.role")}>
          <Select options={ROLES.map((value) => ({ value, label: word("role", value) }))} />
        </Form.Item>
        <Form.Item name="password" label={t("login.password")} rules={[{ required: true, min: PASSWORD_CHARS_MIN, message: t("settings.passwordRule", { n: PASSWORD_CHARS_MIN }) }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
