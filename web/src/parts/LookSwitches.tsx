// How the page looks to this reader.
import { Segmented } from "antd";
import { useLocale } from "@/shared/i18n/locale";
import { LANGUAGES, type Language } from "@/shared/i18n/translate";
import type { Zone } from "@/shared/lib/time";
import { appearanceChanged, type Theme } from "@/state/appearance";
import { useAct, useRoot } from "@/state/root";

/** Theme, language and zone of times. */
export function LookSwitches() {
  const { t } = useLocale();
  const { theme, language, zone } = useRoot((state) => state.appearance);
  const act = useAct();
  return (
    <>
      <Segmented<Theme>
        block
        aria-label={t("look.theme")}
        value={theme}
        onChange={(value) => act(appearanceChanged({ theme: value }))}
        options={[
          { value: "system", label: t("look.system") },
          { value: "dark", label: t("look.dark") },
          { value: "light", label: t("look.light") },
        ]}
      />
      <Segmented<Zone>
        block
        aria-label={t("look.zone")}
        value={zone}
        onChange={(value) => act(appearanceChanged({ zone: value }))}
        options={[
          { value: "utc", label: "UTC" },
          { value: "local", label: t("look.local") },
        ]}
      />
      <Segmented<Language>
        block
        aria-label={t("look.language")}
        value={language}
        onChange={(value) => act(appearanceChanged({ language: value }))}
        options={LANGUAGES.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </>
  );
}
