// ECharts with the few parts that our charts use; colours are read from the page's variables when a chart is drawn.
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Series } from './series'

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

const SHAPES = ['circle', 'rect', 'triangle', 'diamond']
const DECALS = [{ symbol: 'none' }, { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: -Math.PI / 4 }, { symbol: 'circle', symbolSize: 0.6 }]

/** The value of a variable of base.css, as it is now (light or dark). */
const read = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export const start = (place: HTMLElement): EChartsType => init(place, undefined, { renderer: 'svg' })

/** What ECharts draws: several bars or lines over the same labels, told apart by shape or pattern too. */
export function options(labels: string[], series: Series[], kind: 'bar' | 'line', unit: string): EChartsCoreOption {
  const [ink, soft, line, paper] = ['--ink', '--ink-soft', '--line', '--paper'].map(read)
  return {
    animation: false,
    textStyle: { fontFamily: read('--font'), color: ink },
    grid: { left: 8, right: 12, top: 34, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: ink }, itemWidth: 14, itemHeight: 10 },
    tooltip: { trigger: 'axis', backgroundColor: paper, borderColor: line, textStyle: { color: ink }, valueFormatter: (value: unknown) => (value === null || value === undefined ? '—' : `${value}${unit}`) },
    xAxis: { type: 'category', data: labels, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: soft } },
    yAxis: { type: 'value', minInterval: unit ? undefined : 1, max: unit === '%' ? 100 : undefined, axisLabel: { color: soft, formatter: `{value}${unit}` }, splitLine: { lineStyle: { color: line } } },
    series: series.map((one, n) => ({
      type: kind,
      name: one.name,
      data: one.values,
      color: read(one.colour),
      symbol: SHAPES[n % SHAPES.length],
      symbolSize: 7,
      barMaxWidth: 22,
      itemStyle: kind === 'bar' ? { decal: DECALS[n % DECALS.length], borderRadius: [2, 2, 0, 0] } : {},
      connectNulls: false,
    })),
  }
}
