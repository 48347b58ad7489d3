import { useCallback, useEffect, useSyncExternalStore } from "react";
import type { Leg } from "@/api/types";
import { wantChannel } from "./connect";
import { instrumentName, listenPrice, priceOf, type LivePrice } from "./prices";

/** Best prices of an instrument while the component is shown; undefined before the first. */
export function useLivePrice(leg: Leg): LivePrice | undefined {
  const name = instrumentName(leg);
  useEffect(() => wantChannel(`prices:${name}`), [name]);
  const listen = useCallback((listener: () => void) => listenPrice(name, listener), [name]);
  return useSyncExternalStore(listen, () => priceOf(name));
}
