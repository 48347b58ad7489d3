// The whole page: theme, language, and behind the login the rooms.
import { App as AntApp, ConfigProvider } from "antd";
import type { Locale as AntLocale } from "antd/es/locale";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { RouterProvider } from "react-router";
import { LocaleProvider, makeLocale } from "@/shared/i18n/locale";
import { useRoot } from "@/state/root";
import { NONCE } from "./nonce";
import { router } from "./routes";
import { VARIABLES, themeOf } from "./theme";

const PREFERS_DARK = matchMedia("(prefers-color-scheme: dark)");

const listenToSystem = (changed: () => void) => {
  PREFERS_DARK.addEventListener("change", changed);
  return () => PREFERS_DARK.removeEventListener("change", changed);
};

export function App() {
  const { theme, language, zone } = useRoot((state) => state.appearance);
  const systemIsDark = useSyncExternalStore(listenToSystem, () => PREFERS_DARK.matches);
  const dark = theme === "dark" || (theme === "system" && systemIsDark);
  const locale = useMemo(() => makeLocale(language, zone), [language, zone]);
  const config = useMemo(() => themeOf(dark), [dark]);
  const words = useAntWords(language);

  useEffect(() => {
    document.documentElement.lang = language;
    document.body.dataset["theme"] = dark ? "dark" : "light";
    document.body.classList.add(VARIABLES);
  }, [language, dark]);

  return (
    <LocaleProvider value={locale}>
      <ConfigProvider theme={config} csp={{ nonce: NONCE }} {...(words === undefined ? {} : { locale: words })} button={{ autoInsertSpace: false }}>
        <AntApp component={false}>
          <RouterProvider router={router} />
        </AntApp>
      </ConfigProvider>
    </LocaleProvider>
  );
}

/** The library's own words (of tables, pickers); English is built in, Chinese loaded when wanted. */
function useAntWords(language: string): AntLocale | undefined {
  const [words, setWords] = useState<AntLocale>();
  useEffect(() => {
    if (language === "zh-Hant") void import("antd/es/locale/zh_TW").then((module) => setWords(module.default));
  }, [language]);
  return language === "zh-Hant" ? words : undefined;
}
