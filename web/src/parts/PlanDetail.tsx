// One execution from its decision to its end: both legs on lanes of time, what they filled, what happened when.
import type { Plan, PlanLeg } from "@/api/types";
import { useLocale } from "@/shared/i18n/locale";
import { Amount } from "@/shared/ui/Amount";
import { SideWord } from "@/shared/ui/Badges";
import { PlaceName, Price, Qty, useInstruments } from "./instruments";
import { lanesOf } from "./lanes";

export function PlanDetail({ plan }: { plan: Plan }) {
  const { t, time, word } = useLocale();
  const find = useInstruments();
  const lanes = lanesOf(plan);
  return (
    <div className="plan-detail">
      <div className="legs">
        {plan.legs.map((leg, index) => (
          <div key={index} className="leg">
            <LegHead leg={leg} />
            <div className="lane" role="img" aria-label={t("plan.lane", { ms: lanes.spanMs })}>
              {lanes.marks
                .filter((mark) => mark.leg === index + 1)
                .map((mark, at) => (
                  <i key={at} className={mark.kind} style={{ left: `${mark.percent}%` }} title={`${mark.event} +${mark.ms} ms`} />
                ))}
            </div>
            <div>
              <Qty value={leg.filledQty} of={find(leg)} unit /> @ <Price value={leg.avgPrice} of={find(leg)} />
            </div>
            <div className="soft">
              {t("arb.fees")}{" "}
              {leg.fees.length === 0 ? "–" : leg.fees.map((fee) => <Amount key={fee.asset} value={fee.amount} unit={fee.asset} />)}
            </div>
          </div>
        ))}
      </div>
      <ol className="timeline">
        {plan.timeline.map((entry, index) => (
          <li key={index}>
            <span className="num soft">{time(entry.ts, "ms")}</span>
            <span className="num soft">{`+${entry.ts - plan.createdTs} ms`}</span>
            <span>
              <strong>{word("step", entry.event)}</strong> {entry.text}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function LegHead({ leg }: { leg: PlanLeg }) {
  return (
    <div>
      <SideWord side={leg.side} /> <PlaceName place={leg} />
    </div>
  );
}
