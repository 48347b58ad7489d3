// Each limit with its use. A change says what it was and what it will be, and asks.
import { App, Button, Input } from "antd";
import { useState } from "react";
import { faultText } from "@/api/faults";
import { useLimitsQuery, useSetLimitsMutation } from "@/api/risk";
import type { Limit, LimitUse } from "@/api/types";
import { ReadPanel } from "@/parts/ReadPanel";
import { useWithCode } from "@/parts/useWithCode";
import { useLocale } from "@/shared/i18n/locale";
import { NONE, big, formatAmount, share } from "@/shared/lib/amount";
import { Amount } from "@/shared/ui/Amount";
import { Meter } from "@/shared/ui/Meter";
import { Rows, act, right } from "@/shared/ui/Rows";
import { useMay } from "@/state/root";
import { PER_ORDER, limitRows, type LimitRow } from "./rows";

export function Limits({ uses }: { uses: LimitUse[] }) {
  const locale = useLocale();
  const { t, word } = locale;
  const allowed = useMay("risk");
  const read = useLimitsQuery(undefined, { pollingInterval: 10_000 });
  const ask = useChange();
  return (
    <ReadPanel className="full" title={t("risk.limits")} extra={<span className="soft">{t("risk.limitsText")}</span>} read={read}>
      {(limits: Limit[]) => (
        <Rows<LimitRow>
          rowKey={(row) => `${row.name}:${row.scope}:${row.id}`}
          dataSource={limitRows(limits, uses)}
          columns={[
            {
              title: t("risk.limit"),
              render: (_, row) => (
                <>
                  {word("limit", row.name)} <span className="soft">{row.scope === "total" ? "" : `${row.scope} ${row.id}`}</span>
                </>
              ),
            },
            { title: t("risk.value"), ...right, render: (_, row) => <InForce row={row} /> },
            { title: t("risk.used"), ...right, render: (_, row) => <Used row={row} /> },
            { title: t("risk.share"), render: (_, row) => <Share row={row} /> },
            {
              title: "",
              ...act,
              render: (_, row) => (
                <Button size="small" disabled={!allowed} title={allowed ? "" : t("common.notAllowed")} aria-label={`${t("common.edit")} ${word("limit", row.name)}`} onClick={() => ask(row)}>
                  {t("common.edit")}
                </Button>
              ),
            },
          ]}
        />
      )}
    </ReadPanel>
  );
}

/** What holds: the owner's value, else the default, which is told apart. */
function InForce({ row }: { row: LimitRow }) {
  const { t, word } = useLocale();
  const unit = word("unit", row.unit);
  if (row.value !== null) return <Amount value={row.value} unit={unit} />;
  if (row.byDefault === null) return <span className="soft">{t("risk.unset")}</span>;
  return (
    <>
      <Amount value={row.byDefault} unit={unit} /> <span className="soft">{t("risk.byDefault")}</span>
    </>
  );
}

/** Units of what is measured rather than counted: more digits say nothing. */
const MEASURED: ReadonlySet<string> = new Set(["quote", "quote/min", "bps", "percent"]);

function Used({ row }: { row: LimitRow }) {
  return <Amount value={row.used} decimals={MEASURED.has(row.unit) ? 2 : undefined} />;
}

function Share({ row }: { row: LimitRow }) {
  const { t, word } = useLocale();
  const percent = share(row.used, row.value ?? row.byDefault);
  if (percent === null) return <span className="soft">{PER_ORDER.has(row.name) ? t("risk.perOrder") : NONE}</span>;
  return (
    <>
      <Meter percent={percent} label={word("limit", row.name)} /> <span className="num">{percent.toFixed(1)} %</span>
    </>
  );
}

/** Opens the dialog of one limit. */
function useChange(): (row: LimitRow) => void {
  const locale = useLocale();
  const { t, word } = locale;
  const { modal, message } = App.useApp();
  const withCode = useWithCode();
  const [setLimits] = useSetLimitsMutation();

  const save = async (row: LimitRow, text: string) => {
    const { name, scope, id } = row;
    const value = text === "" ? null : text;
    const answer = await withCode((totp) => setLimits({ limits: [{ name, scope, id, value }], totp }));
    if (answer.error !== undefined) void message.error(faultText(answer.error, locale), 8);
    else void message.success(t("risk.saved", { name: word("limit", name) }));
  };

  return (row) => {
    let text = row.value === null ? "" : String(row.value);
    const dialog = modal.confirm({
      title: t("risk.changeTitle", { name: word("limit", row.name) }),
      content: <LimitField row={row} changed={(next, fits) => { text = next; dialog.update({ okButtonProps: { disabled: !fits } }); }} />,
      okText: t("risk.change"),
      cancelText: t("common.cancel"),
      onOk: () => save(row, text),
    });
  };
}

function LimitField({ row, changed }: { row: LimitRow; changed: (text: string, fits: boolean) => void }) {
  const { t, word } = useLocale();
  const [text, setText] = useState(row.value === null ? "" : String(row.value));
  const fits = text === "" || (big(text)?.gte(0) ?? false);
  const held = row.value ?? row.byDefault;
  const change = (next: string) => {
    setText(next);
    changed(next.trim(), next.trim() === "" || (big(next.trim())?.gte(0) ?? false));
  };
  return (
    <>
      <p>{t("risk.changeFrom", { value: held === null ? t("risk.unset") : formatAmount(held), unit: word("unit", row.unit) })}</p>
      <Input autoFocus aria-label={t("risk.newValue")} inputMode="decimal" value={text} suffix={word("unit", row.unit)} status={fits ? "" : "error"} placeholder={row.byDefault === null ? t("risk.unset") : `${row.byDefault} ${t("risk.byDefault")}`} onChange={(event) => change(event.target.value)} />
      <p className="soft">{t("risk.audited")}</p>
    </>
  );
}
