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

const PREFERS_DARK = watched("(prefers-color-scheme: dark)");
/** As in styles.css. */
const IS_NARROW = watched("(max-width: 800px)");

export function App() {
  const { theme, language, zone } = useRoot((state) => state.appearance);
  const systemIsDark = useSyncExternalStore(...PREFERS_DARK);
  const narrow = useSyncExternalStore(...IS_NARROW);
  const dark = theme === "dark" || (theme === "system" && systemIsDark);
  const locale = useMemo(() => makeLocale(language, zone), [language, zone]);
  const config = useMemo(() => themeOf(dark, narrow), [dark, narrow]);
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

/** A media query as a store: how to listen to it, and whether it holds. */
function watched(text: string): [listen: (changed: () => void) => () => void, holds: () => boolean] {
  const query = matchMedia(text);
  const listen = (changed: () => void) => {
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  };
  return [listen, () => query.matches];
}

/** The library's own words (of tables, pickers); English is built in, Chinese loaded when wanted. */
function useAntWords(language: string): AntLocale | undefined {
  const [words, setWords] = useState<AntLocale>();
  useEffect(() => {
    if (language === "zh-Hant") void import("antd/es/locale/zh_TW").then((module) => setWords(module.default));
  }, [language]);
  return language === "zh-Hant" ? words : undefined;
}
