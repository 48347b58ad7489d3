// A number of a table row that turns into a field when it is pressed. Enter saves, Escape leaves it as it was.
import { Button, Input, Space } from "antd";
import { useState } from "react";
import { useLocale } from "@/shared/i18n/locale";
import type { Amount as Value } from "@/shared/lib/exact";
import { big, formatAmount } from "@/shared/lib/amount";
import { Amount } from "@/shared/ui/Amount";

interface Props {
  label: string;
  value: Value;
  unit: string;
  allowed: boolean;
  save: (value: string) => Promise<boolean>;
}

export function EditCell({ label, value, unit, allowed, save }: Props) {
  const { t } = useLocale();
  const [text, setText] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const fits = text !== null && big(text.trim()) !== null;

  const done = async () => {
    if (text === null || !fits || busy) return;
    setBusy(true);
    if (text.trim() === String(value) || (await save(text.trim()))) setText(null);
    setBusy(false);
  };

  if (text === null) {
    return (
      <button type="button" className="plain edit" disabled={!allowed} title={allowed ? t("common.edit") : t("common.notAllowed")} aria-label={`${label}: ${formatAmount(value)} ${unit}`} onClick={() => setText(String(value))}>
        <Amount value={value} unit={unit} />
      </button>
    );
  }
  return (
    <Space.Compact size="small">
      <Input
        autoFocus
        aria-label={label}
        inputMode="decimal"
        value={text}
        status={fits ? "" : "error"}
        style={{ width: 96 }}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={() => void done()}
        onKeyDown={(event) => event.key === "Escape" && setText(null)}
      />
      <Button type="primary" loading={busy} disabled={!fits} onClick={() => void done()}>
        {t("common.save")}
      </Button>
    </Space.Compact>
  );
}
