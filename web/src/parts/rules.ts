// Checks of form fields that hold decimals as text.
import type { FormRule } from "antd";
import type { Translate } from "@/shared/i18n/translate";
import { big } from "@/shared/lib/amount";

const check = (fits: (text: string) => boolean, message: string): FormRule => ({
  validator: (_, value: unknown) => (fits(String(value ?? "").trim()) ? Promise.resolve() : Promise.reject(new Error(message))),
});

export const decimal = (t: Translate) => check((text) => big(text) !== null, t("form.number"));
export const positive = (t: Translate) => check((text) => big(text)?.gt(0) ?? false, t("form.positive"));
/** Empty, or a decimal that is not below zero. */
export const optional = (t: Translate) => check((text) => text === "" || (big(text)?.gte(0) ?? false), t("form.number"));
