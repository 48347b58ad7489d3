// The server's shapes by their names.
import type { components } from "./schema";

type Shapes = components["schemas"];
/** Fields of the document alone: what a newer server may add is not typed. */
type Named<T> = T extends readonly (infer Item)[]
  ? Named<Item>[]
  : T extends object
    ? { [K in keyof T as string extends K ? never : K]: Named<T[K]> }
    : T;

export type Pair = Named<Shapes["Pair"]>;
export type Opportunity = Named<Shapes["Opportunity"]>;
export type SpreadSample = Named<Shapes["SpreadSample"]>;
export type Instrument = Named<Shapes["Instrument"]>;
export type Execution = Named<Shapes["Execution"]>;
export type Plan = Named<Shapes["Plan"]>;
export type PlanLeg = Named<Shapes["PlanLeg"]>;
export type TwapPlan = Named<Shapes["TwapPlan"]>;
export type Order = Named<Shapes["Order"]>;
export type Trade = Named<Shapes["Trade"]>;
export type Placed = Named<Shapes["Placed"]>;
export type Protection = Named<Shapes["Protection"]>;
export type ProtectionId = Named<Shapes["ProtectionId"]>;
export type Position = Named<Shapes["Position"]>;
export type Performance = Named<Shapes["Performance"]>;
export type EquitySample = Named<Shapes["EquitySample"]>;
export type Balance = Named<Shapes["Balance"]>;
export type Limit = Named<Shapes["Limit"]>;
export type LimitUse = Named<Shapes["LimitUse"]>;
export type RiskMetrics = Named<Shapes["RiskMetrics"]>;
export type Alert = Named<Shapes["Alert"]>;
export type Breaker = Named<Shapes["Breaker"]>;
export type ExchangeStatus = Named<Shapes["ExchangeStatus"]>;
export type SystemStatus = Named<Shapes["SystemStatus"]>;
export type Hop = Named<Shapes["Hop"]>;
export type User = Named<Shapes["UserReply"]>;
export type Login = Named<Shapes["Login"]>;
export type ApiKey = Named<Shapes["ApiKeyReply"]>;
export type NewApiKey = Named<Shapes["NewApiKey"]>;
export type TotpBegun = Named<Shapes["TotpBegun"]>;
export type VenueKeys = Named<Shapes["KeyPresence"]>;
export type KeyTest = Named<Shapes["KeyTest"]>;
export type AuditRow = Named<Shapes["AuditItem"]>;
export type Health = Named<Shapes["HealthReply"]>;
export type TicketReply = Named<Shapes["TicketReply"]>;
export type Side = "buy" | "sell";
export type Product = "spot" | "linear";

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface Leg {
  exchange: string;
  symbol: string;
  type: Product;
}

export interface Book extends Leg {
  bids: [string, string][];
  asks: [string, string][];
  ts: number;
  ageMs: number;
  synced: boolean;
  source: string;
}
