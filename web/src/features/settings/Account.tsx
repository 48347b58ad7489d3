import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { useBeginTotpMutation, useConfirmTotpMutation, useDropTotpMutation, useProfileQuery, useSetPasswordMutation } from "@/api/people";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { Badge } from "@/shared/ui/Badges";
import { useSay } from "./useSay";

export const PASSWORD_CHARS_MIN = 10;

/** One's own password and second factor. */
export function Account() {
  const { t, time } = useLocale();
  const read = useProfileQuery();
  return (
    <ReadPanel title={t("settings.account")} read={read}>
      {(user) => (
        <div className="panel-body">
          <dl className="facts narrow">
            <dt>{t("login.user")}</dt>
            <dd>{user.username}</dd>
            <dt>{t("settings.role")}</dt>
            <dd>{user.role}</dd>
            <dt>{t("settings.since")}</dt>
            <dd className="num">{time(user.createdTs, "full")}</dd>
          </dl>
          <Password />
          <SecondFactor on={user.totp} />
        </div>
      )}
    </ReadPanel>
  );
}

interface Fields {
  currentPassword: string;
  newPassword: string;
}

function Password() {
  const { t } = useLocale();
  const say = useSay();
  const [form] = Form.useForm<Fields>();
  const [set, { isLoading }] = useSetPasswordMutation();
  const save = async (fields: Fields) => {
    if (say(await set(fields), t("settings.passwordSet"))) form.resetFields();
  };
  return (
    <Form<Fields> form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void save(fields)}>
      <h3>{t("settings.password")}</h3>
      <Form.Item name="currentPassword" label={t("settings.currentPassword")} rules={[{ required: true, message: t("form.required") }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item name="newPassword" label={t("settings.newPassword")} rules={[{ required: true, min: PASSWORD_CHARS_MIN, message: t("settings.passwordRule", { n: PASSWORD_CHARS_MIN }) }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button htmlType="submit" loading={isLoading}>
        {t("settings.setPassword")}
      </Button>
    </Form>
  );
}

function SecondFactor({ on }: { on: boolean }) {
  const { t } = useLocale();
  const say = useSay();
  const [begin, { data: begun }] = useBeginTotpMutation();
  const [confirm] = useConfirmTotpMutation();
  const [drop] = useDropTotpMutation();
  const [code, setCode] = useState("");
  const field = (
    <Input aria-label={t("login.code")} inputMode="numeric" autoComplete="one-time-code" maxLength={6} style={{ width: 120 }} value={code} onChange={(event) => setCode(event.target.value.trim())} />
  );
  const run = async (answer: Promise<{ error?: unknown }>) => {
    say(await answer, t("common.done"));
    setCode("");
  };
  return (
    <>
      <h3>
        {t("settings.totp")} <Badge tone={on ? "good" : "soft"}>{t(on ? "settings.totpOn" : "settings.totpOff")}</Badge>
      </h3>
      <p className="soft">{t("settings.totpText")}</p>
      {on ? (
        <div className="toolbar">
          {field}
          <Button danger disabled={code.length !== 6} onClick={() => void run(drop({ totp: code }))}>
            {t("settings.totpDrop")}
          </Button>
        </div>
      ) : begun === undefined ? (
        <Button onClick={() => void begin().then((answer) => say(answer))}>{t("settings.totpBegin")}</Button>
      ) : (
        <>
          <Alert type="info" title={t("settings.totpSecret")} description={<code className="secret">{begun.secret}</code>} />
          <div className="toolbar">
            {field}
            <Button type="primary" disabled={code.length !== 6} onClick={() => void run(confirm(code))}>
              {t("code.confirm")}
            </Button>
          </div>
        </>
      )}
    </>
  );
}
