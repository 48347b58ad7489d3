// How the page looks to this reader, kept in this browser.
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";
import type { Language } from "@/shared/i18n/translate";
import type { Zone } from "@/shared/lib/time";

export type Theme = "dark" | "light" | "system";

export interface Appearance {
  theme: Theme;
  language: Language;
  zone: Zone;
}

const PLACE = "tidegate.appearance";

/** What was kept, with whatever does not fit left out. */
export function loadAppearance(kept: string | null, browserLanguage: string): Appearance {
  const language: Language = /^zh(-|$)/i.test(browserLanguage) ? "zh-Hant" : "en";
  const fresh: Appearance = { theme: "system", language, zone: "utc" };
  try {
    const read = JSON.parse(kept ?? "{}") as Partial<Record<keyof Appearance, unknown>>;
    return {
      theme: read.theme === "dark" || read.theme === "light" ? read.theme : fresh.theme,
      language: read.language === "en" || read.language === "zh-Hant" ? read.language : fresh.language,
      zone: read.zone === "local" ? "local" : "utc",
    };
  } catch {
    return fresh;
  }
}

const slice = createSlice({
  name: "appearance",
  initialState: () => loadAppearance(localStorage.getItem(PLACE), navigator.language),
  reducers: {
    changed: (state, action: PayloadAction<Partial<Appearance>>) => ({ ...state, ...action.payload }),
  },
});

export const appearanceChanged = slice.actions.changed;
export const appearance = slice.reducer;

export function keepAppearance(state: Appearance): void {
  localStorage.setItem(PLACE, JSON.stringify(state));
}
