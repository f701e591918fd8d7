// SPDX-License-Identifier: MIT
// Charts by uPlot, loaded when the first one is shown. What a chart shows always stands in a table or
// in words beside it too: a canvas tells nothing to who does not see.
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { language, number } from '../i18n';

export interface Series {
  label: string;
  values: number[];
  /** A name of a colour in base.css. */
  colour: string;
  kind: 'bars' | 'line';
}

const colour = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function options(plot: typeof uPlot, series: Series[], width: number, height: number,
  labels: string[]): uPlot.Options {
  const rtl = language().dir === 'rtl';
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: colour('muted'), font, ticks: { stroke: colour('line'), width: 1 },
    grid: { stroke: colour('line'), width: 1 } };
  const bars = plot.paths.bars?.({ size: [0.7, 40] });
  return {
    width, height, legend: { show: false }, cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false, dir: rtl ? -1 : 1,
      range: (_u, low, high) => [low - 0.6, high + 0.6] }, y: { range: (_u, _low, high) => [0, high * 1.05
      || 1] } },
    axes: [
      { ...axis, space: 70, incrs: [1, 2, 3, 4, 6, 12, 24, 60, 120], grid: { show: false },
        values: (_u, ticks) => ticks.map((n) => labels[n] ?? '') },
      { ...axis, side: rtl ? 1 : 3, size: 70, values: (_u, ticks) => ticks.map((n) =>
        number(n, { notation: 'compact' })) },
    ],
    series: [{}, ...series.map((one) => one.kind === 'bars'
      ? { label: one.label, stroke: colour(one.colour), fill: colour(one.colour), width: 0,
        points: { show: false }, ...bars ? { paths: bars } : {} }
      : { label: one.label, stroke: colour(one.colour), width: 2, points: { show: false } })],
  };
}

/** Bars lie one upon the other: the first series is the lowest. */
function stacked(series: Series[]): Series[] {
  let below: number[] = [];
  const out = series.map((one) => {
    if (one.kind !== 'bars')
      return one;
    below = one.values.map((value, i) => value + (below[i] ?? 0));
    return { ...one, values: below };
  });
  return [...out.filter((one) => one.kind === 'bars').reverse(),
    ...out.filter((one) => one.kind !== 'bars')];
}

export function Chart({ labels, series, label, height = 260 }: {
  labels: string[]; series: Series[]; label: string; height?: number;
}) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = ref.current;
    let shown: uPlot | undefined;
    let gone = false;
    const size = new ResizeObserver(() => shown?.setSize({ width: box?.clientWidth ?? 300,
      height }));
    const draw = async () => {
      const [{ default: plot }] = await Promise.all([import('uplot'),
        import('uplot/dist/uPlot.min.css')]);
      if (gone || !box)
        return;
      const layers = stacked(series);
      shown = new plot(options(plot, layers, box.clientWidth, height, labels),
        [labels.map((_label, i) => i), ...layers.map((one) => one.values)], box);
      size.observe(box);
    };
    void draw();
    return () => {
      gone = true;
      size.disconnect();
      shown?.destroy();
    };
  }, [JSON.stringify([labels, series])]);
  return (
    <figure class="chart">
      <div ref={ref} class="plot" role="img" aria-label={label} />
      <figcaption>{series.map((one) => (
        <span key={one.label} class="key"><i class={`swatch ${one.colour}`} />{one.label}</span>
      ))}</figcaption>
    </figure>
  );
}
