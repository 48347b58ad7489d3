// The way in: the printed link, or name and password, with a one-time code where the account asks for it.
import { Alert, Button, Form, Input } from "antd";
import { useEffect, useRef, useState } from "react";
import { Navigate, useLocation } from "react-router";
import { login, type Credentials } from "@/api/auth";
import { asksCode } from "@/api/client";
import { faultText } from "@/api/faults";
import { useHealthQuery } from "@/api/system";
import { LookSwitches } from "@/parts/LookSwitches";
import { useLocale } from "@/shared/i18n/locale";
import { ModeBadge } from "@/shared/ui/Badges";
import { useAct, useRoot } from "@/state/root";
import { sessionBegan } from "@/state/session";
import { linkToken } from "./link";

interface Fields {
  username: string;
  password: string;
  totp?: string;
}

export function Login() {
  const locale = useLocale();
  const { t } = locale;
  const act = useAct();
  const where = useLocation();
  const { who, ended } = useRoot((state) => state.session);
  const { data: health } = useHealthQuery(undefined, { pollingInterval: 5_000 });
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [codeWanted, wantCode] = useState(false);
  const tried = useRef(false);

  const enter = async (credentials: Credentials) => {
    setBusy(true);
    setProblem("");
    try {
      act(sessionBegan((await login(credentials)).who));
    } catch (fault) {
      wantCode((wanted) => wanted || asksCode(fault));
      setProblem(faultText(fault, locale));
    } finally {
      setBusy(false);
    }
  };

  useEffect(() => {
    const token = linkToken(location);
    if (token === null || tried.current) return;
    tried.current = true;
    // The token leaves the address bar and the history before anything else happens.
    history.replaceState(null, "", "/login");
    void enter({ linkToken: token });
    // Once, when the page opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  if (who !== null) return <Navigate to={(where.state as { from?: string } | null)?.from ?? "/"} replace />;
  return (
    <main className="login">
      <div className="login-card">
        <h1>
          <img src="/assets/icon.svg" alt="" width={32} height={32} /> Tidegate <ModeBadge mode={health?.mode ?? ""} />
        </h1>
        {ended && problem === "" && <Alert type="info" showIcon title={t("login.ended")} />}
        {problem !== "" && <Alert type="error" showIcon title={problem} role="alert" />}
        {health?.status === "unreachable" && <Alert type="warning" showIcon title={t("error.OFFLINE")} />}
        <Form<Fields>
          layout="vertical"
          requiredMark={false}
          initialValues={{ username: "admin" }}
          onFinish={({ username, password, totp }) => void enter({ username, password, ...(totp ? { totp } : {}) })}
        >
          <Form.Item name="username" label={t("login.user")} rules={[{ required: true, message: t("form.required") }]}>
            <Input autoComplete="username" maxLength={64} />
          </Form.Item>
          <Form.Item name="password" label={t("login.password")} rules={[{ required: true, message: t("form.required") }]}>
            <Input.Password autoComplete="current-password" maxLength={1024} />
          </Form.Item>
          {codeWanted && (
            <Form.Item name="totp" label={t("login.code")}>
              <Input autoComplete="one-time-code" inputMode="numeric" maxLength={8} autoFocus />
            </Form.Item>
          )}
          <Button type="primary" htmlType="submit" block loading={busy}>
            {t("login.enter")}
          </Button>
        </Form>
        <p className="soft">{t("login.help")}</p>
        <LookSwitches />
      </div>
    </main>
  );
}
