// What every component needs to speak: texts, the zone of times.
import { createContext, useContext } from "react";
import { formatTime, type Detail, type Zone } from "@/shared/lib/time";
import { textOf, translator, type Language, type Translate } from "./translate";

export interface Locale {
  language: Language;
  zone: Zone;
  t: Translate;
  /** A text by a key made at run time, else the word itself. */
  word: (prefix: string, name: string) => string;
  time: (ts: number | null | undefined, detail?: Detail) => string;
}

export function makeLocale(language: Language, zone: Zone): Locale {
  return {
    language,
    zone,
    t: translator(language),
    word: (prefix, name) => textOf(language, `${prefix}.${name}`) ?? name.replaceAll("_", " "),
    time: (ts, detail = "time") => formatTime(ts, zone, detail),
  };
}

const Context = createContext<Locale>(makeLocale("en", "utc"));

export const LocaleProvider = Context.Provider;
export const useLocale = () => useContext(Context);
