// English, a file for each page. The keys of this dictionary are the keys of all.
import { arbitrage } from "./arbitrage";
import { dashboard } from "./dashboard";
import { frame } from "./frame";
import { log } from "./log";
import { orders } from "./orders";
import { risk } from "./risk";
import { settings } from "./settings";
import { twap } from "./twap";

export const en = { ...frame, ...dashboard, ...arbitrage, ...twap, ...orders, ...risk, ...log, ...settings } as const;
