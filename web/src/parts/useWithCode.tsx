// Runs an act that may want a code of the account's second factor: asked for only when the server asks.
import { App, Input } from "antd";
import { useCallback } from "react";
import { asksCode } from "@/api/client";
import { useLocale } from "@/shared/i18n/locale";

interface Answer {
  error?: unknown;
}

export function useWithCode() {
  const { modal } = App.useApp();
  const { t } = useLocale();
  return useCallback(
    async <T extends Answer>(run: (code: string | undefined) => Promise<T>): Promise<T> => {
      const first = await run(undefined);
      if (!asksCode(first.error)) return first;
      let code = "";
      const given = await modal.confirm({
        title: t("code.title"),
        content: <Input autoFocus aria-label={t("login.code")} inputMode="numeric" maxLength={6} autoComplete="one-time-code" onChange={(event) => (code = event.target.value.trim())} />,
        okText: t("code.confirm"),
        cancelText: t("common.cancel"),
      });
      return given ? run(code) : first;
    },
    [modal, t],
  );
}
