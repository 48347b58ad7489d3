// What may be done with a plan in its state.
import { App, Button, Popconfirm } from "antd";
import { faultText } from "@/api/faults";
import { useControlTwapMutation, useDeleteTwapMutation, type TwapAction } from "@/api/twap";
import type { TwapPlan } from "@/api/types";
import { useLocale } from "@/shared/i18n/locale";
import { useMay } from "@/state/root";
import { actionsOf } from "./actions";

export function Controls({ plan, edit }: { plan: TwapPlan; edit: () => void }) {
  const locale = useLocale();
  const { t } = locale;
  const { message } = App.useApp();
  const allowed = useMay("trade");
  const [control, { isLoading }] = useControlTwapMutation();
  const [remove] = useDeleteTwapMutation();
  const { controls, editable, removable } = actionsOf(plan.state);

  const say = (error: unknown) => error !== undefined && void message.error(faultText(error, locale), 8);
  const run = async (action: TwapAction) => say((await control({ planId: plan.planId, action })).error);
  const drop = async () => say((await remove(plan.planId)).error);

  return (
    <div className="actions">
      {controls.map((action) =>
        action === "cancel" ? (
          <Popconfirm key={action} title={t("twap.cancelTitle", { name: plan.name })} description={t("twap.cancelText")} okText={t("twap.cancel")} cancelText={t("common.close")} onConfirm={() => run(action)}>
            <Button size="small" danger disabled={!allowed}>
              {t("twap.cancel")}
            </Button>
          </Popconfirm>
        ) : (
          <Button key={action} size="small" loading={isLoading} disabled={!allowed} onClick={() => void run(action)}>
            {t(`twap.${action}`)}
          </Button>
        ),
      )}
      {editable && (
        <Button size="small" disabled={!allowed} onClick={edit}>
          {t("twap.edit")}
        </Button>
      )}
      {removable && (
        <Popconfirm title={t("twap.deleteTitle", { name: plan.name })} okText={t("common.delete")} cancelText={t("common.close")} onConfirm={drop}>
          <Button size="small" type="text" danger disabled={!allowed}>
            {t("common.delete")}
          </Button>
        </Popconfirm>
      )}
    </div>
  );
}
