// A series over time, drawn by uPlot. The library is loaded when the first chart is shown.
import { useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import { useLocale, type Locale } from "@/shared/i18n/locale";

export interface Line {
  label: string;
  /** A CSS variable of our palette. */
  color: string;
  values: (number | null)[];
  dashed?: boolean;
  filled?: boolean;
  stepped?: boolean;
}

interface Props {
  /** Epoch milliseconds, rising. */
  times: number[];
  lines: Line[];
  height?: number;
  unit: string;
  /** What the chart shows, for who can not see it. */
  label: string;
  decimals?: number;
}

type Plotter = typeof uPlot;

const paint = (name: string) => getComputedStyle(document.body).getPropertyValue(name).trim() || "#888";
const soft = (color: string) => (color.startsWith("#") && color.length === 7 ? `${color}22` : color);

export function Series({ times, lines, height = 220, unit, label, decimals = 2 }: Props) {
  const { t, time, zone, language } = useLocale();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [Plot, setPlot] = useState<Plotter | null>(null);
  const shape = lines.map((line) => `${line.label}${line.color}`).join("|");
  const scheme = useColorScheme();

  useEffect(() => {
    void Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]).then(([module]) => setPlot(() => module.default));
  }, []);

  useEffect(() => {
    const box = place.current;
    if (Plot === null || box === null) return;
    const axis = { stroke: paint("--tg-soft"), grid: { stroke: paint("--tg-line"), width: 1 }, ticks: { show: false } };
    const figure = (value: number | null | undefined) => (value == null ? "–" : `${value.toFixed(decimals)} ${unit}`);
    const plot = new Plot(
      {
        width: box.clientWidth || 300,
        height,
        legend: { live: true },
        cursor: { y: false, drag: { x: true, y: false } },
        scales: { x: { time: true } },
        series: [
          { label: t("col.time"), value: (_, at) => (at == null ? "–" : time(at * 1000, "full")) },
          ...lines.map((line) => ({
            label: line.label,
            stroke: paint(line.color),
            width: 1.5,
            points: { show: line.values.length < 3 },
            value: (_: unknown, value: number) => figure(value),
            ...(line.dashed ? { dash: [5, 4] } : {}),
            ...(line.filled ? { fill: soft(paint(line.color)) } : {}),
            ...(line.stepped && Plot.paths.stepped ? { paths: Plot.paths.stepped({ align: 1 }) } : {}),
          })),
        ],
        axes: [
          { ...axis, size: 30, space: 72, values: (_, ticks) => ticks.map((at) => tickText(time, at * 1000, (ticks.at(-1) ?? 0) - (ticks[0] ?? 0))) },
          { ...axis, size: 64, values: (_, ticks) => ticks.map((value) => value.toFixed(decimals)) },
        ],
      },
      [[], ...lines.map(() => [])] as uPlot.AlignedData,
      box,
    );
    chart.current = plot;
    const watch = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      plot.destroy();
      chart.current = null;
    };
    // The chart is made anew when its shape changes; its data flow in below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [Plot, shape, height, unit, zone, language, decimals, scheme]);

  useEffect(() => {
    chart.current?.setData([times.map((ts) => ts / 1000), ...lines.map((line) => line.values)] as uPlot.AlignedData);
  }, [times, lines, Plot, shape, zone, language, scheme]);

  return <div ref={place} className="series" role="img" aria-label={label} style={{ minHeight: height }} />;
}

/** As fine as the axis is: seconds below five minutes, days above two. */
function tickText(time: Locale["time"], ts: number, spanS: number): string {
  if (spanS < 300) return time(ts);
  return spanS > 2 * 86_400 ? time(ts, "date").slice(5) : time(ts).slice(0, 5);
}

/** Changes when the theme does, so that canvases are painted anew. */
export function useColorScheme(): string {
  const [scheme, setScheme] = useState(() => document.body.dataset["theme"] ?? "");
  useEffect(() => {
    const watch = new MutationObserver(() => setScheme(document.body.dataset["theme"] ?? ""));
    watch.observe(document.body, { attributeFilter: ["data-theme"] });
    return () => watch.disconnect();
  }, []);
  return scheme;
}
