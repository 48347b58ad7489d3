// Prices over the last minutes, drawn by TradingView's Lightweight Charts, loaded when first shown.
import { useEffect, useRef, useState } from "react";
import type * as Charts from "lightweight-charts";
import type { IChartApi, ISeriesApi, Time } from "lightweight-charts";
import { useLocale } from "@/shared/i18n/locale";
import { useColorScheme } from "./Series";

export interface PriceLine {
  name: string;
  /** A CSS variable of our palette. */
  color: string;
  /** Rising seconds, each once. */
  points: readonly { time: number; value: number }[];
  decimals: number;
}

type Library = typeof Charts;
const paint = (name: string) => getComputedStyle(document.body).getPropertyValue(name).trim() || "#888";

export function Prices({ lines, height = 240, label }: { lines: readonly PriceLine[]; height?: number; label: string }) {
  const { time } = useLocale();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<{ api: IChartApi; series: ISeriesApi<"Line">[] } | null>(null);
  const [library, setLibrary] = useState<Library | null>(null);
  const scheme = useColorScheme();
  const shape = lines.map((line) => `${line.name}${line.color}${line.decimals}`).join("|");

  useEffect(() => {
    void import("lightweight-charts").then(setLibrary);
  }, []);

  useEffect(() => {
    const box = place.current;
    if (library === null || box === null) return;
    const grid = { color: paint("--tg-line") };
    const api = library.createChart(box, {
      autoSize: true,
      height,
      // The credit stands in text below the chart.
      layout: { background: { color: "transparent" }, textColor: paint("--tg-soft"), attributionLogo: false },
      grid: { vertLines: grid, horzLines: grid },
      rightPriceScale: { borderColor: paint("--tg-line") },
      timeScale: { borderColor: paint("--tg-line"), timeVisible: true, secondsVisible: true, tickMarkFormatter: (at: Time) => time(Number(at) * 1000) },
      localization: { timeFormatter: (at: Time) => time(Number(at) * 1000, "full") },
      handleScroll: false,
      handleScale: false,
    });
    const series = lines.map((line) =>
      api.addSeries(library.LineSeries, {
        color: paint(line.color),
        lineWidth: 2,
        title: line.name,
        priceFormat: { type: "price", precision: line.decimals, minMove: 10 ** -line.decimals },
      }),
    );
    chart.current = { api, series };
    return () => {
      api.remove();
      chart.current = null;
    };
    // The chart is made anew when its shape changes; its data flow in below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [library, shape, height, scheme, time]);

  useEffect(() => {
    lines.forEach((line, at) => chart.current?.series[at]?.setData(line.points.map((point) => ({ time: point.time as Time, value: point.value }))));
    chart.current?.api.timeScale().fitContent();
  }, [lines, library, shape, scheme, time]);

  return <div ref={place} className="prices" role="img" aria-label={label} style={{ height }} />;
}
