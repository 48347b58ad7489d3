// One execution by hand: what it would do at the prices of this moment, then the confirmation, then what it did.
import { Alert, Modal } from "antd";
import { useState } from "react";
import { useExecuteMutation } from "@/api/arbitrage";
import { newKey } from "@/api/client";
import { faultText } from "@/api/faults";
import { useOpportunitiesQuery, usePairsQuery } from "@/api/monitoring";
import type { Execution, Opportunity } from "@/api/types";
import { report } from "@/live/connect";
import { PlaceName, Price, Qty, useInstruments } from "@/parts/instruments";
import { useLocale } from "@/shared/i18n/locale";
import { Amount, Percent } from "@/shared/ui/Amount";
import { SideWord, StateBadge } from "@/shared/ui/Badges";
import { Stat, Stats } from "@/shared/ui/Stat";
import { ranked } from "./rank";

export function ExecuteDialog({ pairId, close }: { pairId: string; close: () => void }) {
  const locale = useLocale();
  const { t } = locale;
  // One key for this dialog: pressing twice, or again after a broken connection, is still one execution.
  const [key] = useState(newKey);
  const [execute, { data: done, error, isLoading }] = useExecuteMutation();
  const { data: pairs } = usePairsQuery();
  const { data: edges } = useOpportunitiesQuery(undefined, { pollingInterval: 1_000 });
  const pair = pairs?.find((row) => row.id === pairId);
  const edge = ranked(edges ?? []).find(
    (row) => row.pairId === pairId && (pair === undefined || pair.direction === "auto" || pair.direction === row.direction),
  );

  const confirm = async () => {
    report("execute_clicked", { pairId });
    await execute({ pairId, key });
  };

  return (
    <Modal
      open
      width={640}
      title={t("arb.executeTitle", { pair: pairId })}
      okText={t(done === undefined ? "arb.executeConfirm" : "common.done")}
      okButtonProps={{ loading: isLoading, disabled: done === undefined && edge === undefined }}
      cancelButtonProps={done === undefined ? {} : { hidden: true }}
      cancelText={t("common.cancel")}
      onOk={() => void (done === undefined ? confirm() : close())}
      onCancel={close}
    >
      {error !== undefined && <Alert type="error" showIcon title={faultText(error, locale)} role="alert" />}
      {done !== undefined ? (
        <Outcome done={done} />
      ) : edge === undefined ? (
        <Alert type="warning" showIcon title={t("arb.noPrice")} />
      ) : (
        <Preview edge={edge} />
      )}
    </Modal>
  );
}

function Preview({ edge }: { edge: Opportunity }) {
  const { t } = useLocale();
  const find = useInstruments();
  const quote = find(edge.buy)?.quote;
  return (
    <>
      <p>{t("arb.previewText")}</p>
      <div className="legs">
        {([["buy", edge.buy], ["sell", edge.sell]] as const).map(([side, leg]) => (
          <div key={side} className="leg">
            <SideWord side={side} /> <Qty value={edge.qty} of={find(leg)} unit />
            <div>
              <PlaceName place={leg} />
            </div>
            <div>
              {t("arb.about")} <Price value={leg.price} of={find(leg)} />
            </div>
          </div>
        ))}
      </div>
      <Stats>
        <Stat label={t("arb.gross")}>
          <Amount value={edge.gross} decimals={4} unit={quote} />
        </Stat>
        <Stat label={t("arb.fees")}>
          <Amount value={edge.fees} decimals={4} unit={quote} />
        </Stat>
        <Stat label={t("arb.net")} note={<Percent value={edge.netPercent} toned />}>
          <Amount value={edge.net} decimals={4} toned unit={quote} />
        </Stat>
      </Stats>
    </>
  );
}

function Outcome({ done }: { done: Execution }) {
  const { t } = useLocale();
  return (
    <div data-testid="outcome">
      <p>
        {done.planId} <StateBadge state={done.state} />
      </p>
      <div className="legs">
        {[done.leg1, done.leg2].map((leg, index) => (
          <div key={index} className="leg">
            <strong>{leg.exchange}</strong> {leg.success ? <span className="good">{t("arb.legFilled")}</span> : <span className="bad">{t("arb.legNotFilled")}</span>}
            <div>
              <Amount value={leg.qty} /> @ <Amount value={leg.price} />
            </div>
            <div className="soft">
              {t("arb.fees")} <Amount value={leg.fee} decimals={4} />
            </div>
          </div>
        ))}
      </div>
      <p>
        {t("col.pnl")} <Amount value={done.pnl} decimals={4} toned />
      </p>
    </div>
  );
}
