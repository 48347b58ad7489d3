// The alarm: one leg is filled, the other is not. One click asks for the unwinding.
import { Alert, App, Button } from "antd";
import { useEffect, useState } from "react";
import { usePlansQuery, useUnwindMutation } from "@/api/arbitrage";
import { faultText } from "@/api/faults";
import type { Plan } from "@/api/types";
import { useLocale } from "@/shared/i18n/locale";
import { formatAmount } from "@/shared/lib/amount";
import { useMay } from "@/state/root";
import { nakedPlans } from "./naked";

export function Naked() {
  const { data } = usePlansQuery();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return nakedPlans(data?.items ?? [], now).map((plan) => <NakedPlan key={plan.planId} plan={plan} />);
}

function NakedPlan({ plan }: { plan: Plan }) {
  const locale = useLocale();
  const { t, word } = locale;
  const { message } = App.useApp();
  const allowed = useMay("trade");
  const [unwind, { isLoading }] = useUnwindMutation();
  const run = async () => {
    const answer = await unwind(plan.planId);
    if (answer.error !== undefined) void message.error(faultText(answer.error, locale), 8);
    else void message.success(t("arb.unwindAsked", { plan: plan.planId }));
  };
  return (
    <Alert
      className="naked"
      type="error"
      showIcon
      role="alert"
      title={t("arb.naked", { plan: plan.planId, qty: formatAmount(plan.residual, { signed: true }), state: word("state", plan.state) })}
      action={
        <Button danger size="small" loading={isLoading} disabled={!allowed} onClick={() => void run()}>
          {t("arb.unwind")}
        </Button>
      }
    />
  );
}
