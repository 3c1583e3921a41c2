import { setAttribute } from './element.js';
import { clock, rate } from './format.js';
import type { Lines } from './history.js';
import uPlot from './vendor/uplot.js';

/** What the lines are drawn with, so that they differ also where colours do not. */
const DASHES = [[], [6, 3], [2, 3], [10, 3, 2, 3], [4, 2], [1, 2], [12, 4]] as const;
const HEIGHT = 190;
/** The least that the axis spans: a single drop does not fill it. In datagrams a second. */
const LEAST_TOP = 5;
/** The least and the most that the chart shows. In seconds. */
const LEAST_SPAN = 60;
const MOST_SPAN = 300;

/** Lines over time, drawn by uPlot in the colours of the page. */
export class DropChart {
  readonly #place: HTMLElement;
  #lines: Lines = { times: [], lines: [] };
  #plot: uPlot | undefined;
  /** What the plot was made for; another one needs another plot. */
  #madeFor = '';

  constructor(place: HTMLElement) {
    this.#place = place;
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#width, height: HEIGHT })).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#madeFor = '';
      this.show(this.#lines);
    });
  }

  show(lines: Lines): void {
    this.#lines = lines;
    const reasons = lines.lines.map(({ reason }) => reason).join(' ');
    const data = [[...lines.times], ...lines.lines.map(({ values }) => [...values])] as uPlot.AlignedData;
    if (this.#plot === undefined || this.#madeFor !== `${reasons};`) {
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(lines), data, this.#place);
      this.#madeFor = `${reasons};`;
    } else this.#plot.setData(data);
    const now = lines.lines.map(({ reason, values }) => `${reason} ${rate(values.at(-1) ?? 0)}`);
    setAttribute(
      this.#place,
      'aria-label',
      now.length === 0
        ? 'Nothing has been dropped since this page was opened'
        : `Drops a second now: ${now.join(', ')}`,
    );
  }

  get #width(): number {
    return Math.max(200, this.#place.clientWidth);
  }

  #options({ lines }: Lines): uPlot.Options {
    const style = getComputedStyle(document.documentElement);
    const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
    const axis = {
      stroke: color('dim'),
      grid: { stroke: color('rule'), width: 1 },
      ticks: { stroke: color('rule'), width: 1, size: 4 },
      font: '11px system-ui, sans-serif',
    };
    return {
      width: this.#width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: true, range: (_, first, last) => spanOf(first, last) },
        y: { range: (_, _least, most) => [0, Math.max(LEAST_TOP, (most ?? 0) * 1.1)] },
      },
      axes: [
        { ...axis, space: 90, values: (_, ticks) => ticks.map((each) => clock(each * 1000)) },
        { ...axis, size: 44, values: (_, ticks) => ticks.map((each) => rate(each)) },
      ],
      series: [
        {},
        ...lines.map(({ reason }, index) => ({
          label: reason,
          stroke: color(`line${index}`),
          dash: [...(DASHES[index] ?? [])],
          width: 2,
          points: { show: false },
        })),
      ],
    };
  }
}

const spanOf = (first: number | null, last: number | null): [number, number] => {
  const end = last ?? Date.now() / 1000;
  return [end - Math.min(MOST_SPAN, Math.max(LEAST_SPAN, end - (first ?? end))), end];
};
