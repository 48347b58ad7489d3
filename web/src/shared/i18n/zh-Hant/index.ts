// 繁體中文。
import type { en } from "@/shared/i18n/en";
import { arbitrage } from "./arbitrage";
import { dashboard } from "./dashboard";
import { frame } from "./frame";
import { log } from "./log";
import { orders } from "./orders";
import { risk } from "./risk";
import { settings } from "./settings";
import { twap } from "./twap";

export const zhHant: Readonly<Record<keyof typeof en, string>> = {
  ...frame,
  ...dashboard,
  ...arbitrage,
  ...twap,
  ...orders,
  ...risk,
  ...log,
  ...settings,
};
