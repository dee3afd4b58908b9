import '@mantine/charts/styles.css'
import { BarChart, type BarChartProps } from '@mantine/charts'
import { formatCompact, formatNumber } from '../../text/format.ts'
import type { ChartData } from './chart-data.ts'
import classes from './usage.module.css'

/** The lightness differs too, for people who cannot tell the hues apart. */
const COLORS = ['pine.7', 'brass.4', 'pine.3', 'brass.7', 'gray.6', 'gray.4']

interface StackedBarsProps {
  data: ChartData
  label: string
  /** A bar was pressed. `value` is undefined if the bar stands for several values. */
  onChoose: (bucket: number, value: string | undefined) => void
}

/**
 * For the eye and the mouse only. The table below has the same numbers and links for the keyboard and screen readers.
 */
export function StackedBars({ data, label, onChoose }: StackedBarsProps) {
  // On very large screens the root's font size grows, and everything with it.
  const scale = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
  return (
    <div role="img" aria-label={label} className={classes.chart}>
      <div aria-hidden>
        <BarChart
          h="17rem"
          data={data.points}
          dataKey="bucket"
          type="stacked"
          series={data.series.map(({ name, label }, index) => ({ name, label, color: COLORS[index] ?? 'gray.5' }))}
          withLegend={data.series.length > 1}
          legendProps={{ verticalAlign: 'bottom' }}
          tickLine="none"
          gridAxis="x"
          maxBarWidth={44 * scale}
          valueFormatter={formatNumber}
          yAxisProps={{ tickFormatter: formatCompact, width: 58 * scale, allowDecimals: false }}
          xAxisProps={{ minTickGap: 16, interval: 'equidistantPreserveStart' }}
          barChartProps={chartProps(scale, onChoose)}
          barProps={({ name }) => barProps(data.series.find((series) => series.name === name)?.value, onChoose)}
        />
      </div>
    </div>
  )
}

type OnChoose = StackedBarsProps['onChoose']

function chartProps(scale: number, onChoose: OnChoose): NonNullable<BarChartProps['barChartProps']> {
  return {
    accessibilityLayer: false,
    // Room for the upper half of the highest number.
    margin: { top: 8 * scale },
    onClick: ({ activeTooltipIndex }) => {
      if (typeof activeTooltipIndex === 'number') onChoose(activeTooltipIndex, undefined)
    },
  }
}

type BarProps = ReturnType<Extract<BarChartProps['barProps'], (...given: never) => unknown>>

function barProps(value: string | undefined, onChoose: OnChoose): BarProps {
  return {
    isAnimationActive: false,
    onClick: (_, index, event) => {
      // Otherwise the column behind the bar is chosen too.
      event.stopPropagation()
      onChoose(index, value)
    },
  }
}
