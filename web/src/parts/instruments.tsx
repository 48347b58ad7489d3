// Prices and quantities with the instrument's own steps and units.
import { useMemo } from "react";
import { useInstrumentsQuery } from "@/api/monitoring";
import type { Instrument, Leg } from "@/api/types";
import { decimalsOf, type MaybeAmount } from "@/shared/lib/amount";
import { Amount } from "@/shared/ui/Amount";

type Place = Pick<Leg, "exchange" | "symbol"> & { type: string };
export type Lookup = (place: Place) => Instrument | undefined;

const nameOf = ({ exchange, type, symbol }: Place) => `${exchange}:${type}:${symbol}`;

/** Finds an instrument's steps; what is not listed (any more) is shown with its own digits. */
export function useInstruments(): Lookup {
  const { data } = useInstrumentsQuery();
  return useMemo(() => {
    const known = new Map((data ?? []).map((instrument) => [nameOf(instrument), instrument]));
    return (place) => known.get(nameOf(place));
  }, [data]);
}

export function Price({ value, of }: { value: MaybeAmount; of: Instrument | undefined }) {
  return <Amount value={value} decimals={decimalsOf(of?.priceStep)} />;
}

export function Qty({ value, of, unit = false, signed = false }: { value: MaybeAmount; of: Instrument | undefined; unit?: boolean; signed?: boolean }) {
  return <Amount value={value} decimals={decimalsOf(of?.qtyStep)} signed={signed} unit={unit ? of?.base : undefined} />;
}

/** `under`: the venue below the symbol, where a table has many columns. */
export function PlaceName({ place, under = false }: { place: Place; under?: boolean }) {
  return (
    <span className={under ? "place under" : "place"}>
      <strong>{place.symbol}</strong> <span className="soft">{`${place.exchange} ${place.type}`}</span>
    </span>
  );
}
