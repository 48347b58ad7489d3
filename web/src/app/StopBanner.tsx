// While trading is stopped every page says so, and who may lifts it here.
import { Alert, App, Button } from "antd";
import { faultText } from "@/api/faults";
import { useResetMutation, useRiskMetricsQuery } from "@/api/risk";
import { useWithCode } from "@/parts/useWithCode";
import { useLocale } from "@/shared/i18n/locale";
import { useMay } from "@/state/root";

export function StopBanner() {
  const locale = useLocale();
  const { t, time, word } = locale;
  const { modal, message } = App.useApp();
  const withCode = useWithCode();
  const allowed = useMay("risk");
  const [reset, { isLoading }] = useResetMutation();
  const { data } = useRiskMetricsQuery(undefined, { pollingInterval: 5_000 });
  const latch = data?.latch;
  if (latch === undefined || latch.mode.toLowerCase() === "open") return null;

  const lift = () => {
    void modal.confirm({
      title: t("stop.liftTitle"),
      content: t("stop.liftText"),
      okText: t("stop.lift"),
      cancelText: t("common.cancel"),
      onOk: async () => {
        const answer = await withCode((totp) => reset({ totp }));
        if (answer.error !== undefined) void message.error(faultText(answer.error, locale), 8);
      },
    });
  };

  return (
    <Alert
      type="error"
      showIcon
      banner
      className="banner"
      title={t("stop.banner", { mode: word("latch", latch.mode), since: time(latch.sinceTs, "full") })}
      description={[latch.reason, latch.actor].filter(Boolean).join(" · ")}
      action={
        <Button size="small" disabled={!allowed} loading={isLoading} onClick={lift} title={allowed ? "" : t("common.notAllowed")}>
          {t("stop.lift")}
        </Button>
      }
    />
  );
}
