// Texts by key. `en` names the keys; every other dictionary has to have exactly these (see the test).
import { en } from "./en";
import { zhHant } from "./zh-Hant";

export type Key = keyof typeof en;
export type Language = "en" | "zh-Hant";
export type Facts = Readonly<Record<string, string | number>>;
export type Translate = (key: Key, facts?: Facts) => string;

export const DICTIONARIES: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { en, "zh-Hant": zhHant };
export const LANGUAGES: readonly { id: Language; name: string }[] = [
  { id: "en", name: "English" },
  { id: "zh-Hant", name: "繁體中文" },
];

/** Puts `facts` where the text says `{name}`. */
export function fill(text: string, facts: Facts = {}): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(facts[name] ?? place));
}

export function translator(language: Language): Translate {
  const texts = DICTIONARIES[language];
  return (key, facts) => fill(texts[key], facts);
}

/** The text of a key that is put together at run time (`risk.limit.` and a name), or undefined. */
export function textOf(language: Language, key: string): string | undefined {
  return Object.hasOwn(DICTIONARIES[language], key) ? DICTIONARIES[language][key as Key] : undefined;
}
