// Stops trading. Always one click and one confirmation away; a viewer sees that it exists and why it is shut.
import { StopOutlined } from "@ant-design/icons";
import { App, Button, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { faultText } from "@/api/faults";
import { usePairsQuery } from "@/api/monitoring";
import { useKillMutation, type KillMode } from "@/api/risk";
import { useOpenOrdersQuery } from "@/api/trading";
import { report } from "@/live/connect";
import { useLocale } from "@/shared/i18n/locale";
import { useMay } from "@/state/root";

export function KillSwitch() {
  const { t } = useLocale();
  const allowed = useMay("trade");
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        danger
        type="primary"
        icon={<StopOutlined aria-hidden />}
        disabled={!allowed}
        title={allowed ? t("kill.hint") : t("common.notAllowed")}
        onClick={() => setOpen(true)}
      >
        <span className="only-wide-inline">{t("kill.button")}</span>
        <span className="only-narrow-inline">{t("kill.short")}</span>
      </Button>
      {open && <KillDialog close={() => setOpen(false)} />}
    </>
  );
}

function KillDialog({ close }: { close: () => void }) {
  const locale = useLocale();
  const { t } = locale;
  const { message } = App.useApp();
  const [mode, setMode] = useState<KillMode>("reduce_only");
  const [reason, setReason] = useState("");
  const [kill, { isLoading }] = useKillMutation();
  const { data: pairs } = usePairsQuery();
  const { data: orders } = useOpenOrdersQuery();

  const confirm = async () => {
    report("kill_confirmed", { mode });
    const answer = await kill({ mode, reason: reason.trim() || t("kill.reasonDefault") });
    if (answer.error !== undefined) {
      void message.error(faultText(answer.error, locale), 8);
      return;
    }
    void message.success(t("kill.done"), 6);
    close();
  };

  return (
    <Modal
      open
      title={t("kill.title")}
      okText={t("kill.confirm")}
      okButtonProps={{ danger: true, loading: isLoading }}
      cancelText={t("kill.keep")}
      onOk={() => void confirm()}
      onCancel={close}
    >
      <p>{t("kill.touches", { pairs: pairs?.filter((pair) => pair.enabled).length ?? "–", orders: orders?.length ?? "–" })}</p>
      <Radio.Group
        className="stack"
        value={mode}
        onChange={(event) => setMode(event.target.value as KillMode)}
        options={[
          { value: "reduce_only", label: t("kill.reduceOnly") },
          { value: "halt", label: t("kill.halt") },
        ]}
      />
      <label className="field">
        {t("kill.reason")}
        <Input value={reason} maxLength={200} placeholder={t("kill.reasonDefault")} onChange={(event) => setReason(event.target.value)} />
      </label>
    </Modal>
  );
}
