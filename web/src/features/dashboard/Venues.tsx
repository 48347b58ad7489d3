// One card for each venue: is it there, are its books whole, how near is its rate limit, how far off its clock.
import { useExchangesQuery } from "@/api/system";
import { useOpportunitiesQuery } from "@/api/monitoring";
import type { ExchangeStatus, Opportunity } from "@/api/types";
import { ReadPanel } from "@/parts/ReadPanel";
import { useLocale } from "@/shared/i18n/locale";
import { formatAmount, share } from "@/shared/lib/amount";
import { Badge, Light } from "@/shared/ui/Badges";
import { Meter } from "@/shared/ui/Meter";
import { bookAges } from "./ages";

export function Venues() {
  const { t } = useLocale();
  const read = useExchangesQuery(undefined, { pollingInterval: 2_000 });
  const { data: edges } = useOpportunitiesQuery(undefined, { pollingInterval: 2_000 });
  return (
    <ReadPanel title={t("venues.title")} read={read} empty={(rows) => rows.length === 0 && t("venues.none")}>
      {(rows) => (
        <ul className="venues">
          {rows.map((row) => (
            <Venue key={row.name} venue={row} edges={edges ?? []} />
          ))}
        </ul>
      )}
    </ReadPanel>
  );
}

function Venue({ venue, edges }: { venue: ExchangeStatus; edges: Opportunity[] }) {
  const { t } = useLocale();
  const whole = venue.books != null && venue.books === venue.booksSynced;
  const tone = !venue.connected ? "bad" : venue.status === "UP" && whole ? "good" : "warn";
  const state = !venue.connected ? t("venues.down") : whole ? t("venues.up") : t("venues.syncing");
  const { used, limit } = venue.rateLimit;
  const age = bookAges(edges)[venue.name];
  return (
    <li className="venue">
      <div className="venue-head">
        <strong>{venue.name}</strong>
        <Light tone={tone} label={state} />
        {venue.simulated && <Badge tone="sim">{t("mode.SIM")}</Badge>}
        {venue.bridged && (
          <Badge tone="soft">
            {t("venues.bridged")} {venue.bridgedTo}
          </Badge>
        )}
        {venue.publicOnly && <Badge tone="soft">{t("venues.publicOnly")}</Badge>}
        {(venue.bannedMs ?? 0) > 0 && <Badge tone="bad">{t("venues.banned", { s: Math.ceil(Number(venue.bannedMs) / 1000) })}</Badge>}
      </div>
      <dl className="facts">
        <dt>{t("venues.books")}</dt>
        <dd className="num">
          {venue.booksSynced ?? "–"} / {venue.books ?? "–"}
        </dd>
        <dt>{t("venues.age")}</dt>
        <dd className="num">{age === undefined ? "–" : `${age} ms`}</dd>
        <dt>{t("venues.latency")}</dt>
        <dd className="num">{venue.latencyMs == null ? "–" : `${formatAmount(venue.latencyMs, { decimals: 2 })} ms`}</dd>
        <dt>{t("venues.clock")}</dt>
        <dd className="num">{venue.clockOffsetMs == null ? "–" : `${formatAmount(venue.clockOffsetMs, { decimals: 1, signed: true })} ms`}</dd>
        <dt>{t("venues.rate")}</dt>
        <dd className="num">
          <Meter percent={share(used, limit)} label={t("venues.rate")} /> {used ?? "–"} / {limit ?? "–"}
        </dd>
      </dl>
    </li>
  );
}
