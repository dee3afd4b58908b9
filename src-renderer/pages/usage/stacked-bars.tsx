import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { formatCompact, formatNumber } from '../../text/format.ts'
import type { ChartData } from './chart-data.ts'
import classes from './usage.module.css'

/** Told apart by lightness too, for those who do not see the hues. */
const COLORS = ['pine.7', 'brass.4', 'pine.3', 'brass.7', 'gray.6', 'gray.4']

interface StackedBarsProps {
  data: ChartData
  label: string
  /** A bar was pressed: which bucket, and which value of it, or none when it stands for several. */
  onChoose: (bucket: number, value: string | undefined) => void
}

/** For the eye and the mouse only: the table below holds the numbers, and the same links. */
export function StackedBars({ data, label, onChoose }: StackedBarsProps) {
  // On screens far larger than a desk's everything grows with the root's font.
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
          barChartProps={{
            accessibilityLayer: false,
            // Room for the upper half of the highest number.
            margin: { top: 8 * scale },
            onClick: ({ activeTooltipIndex }) => {
              if (typeof activeTooltipIndex === 'number') onChoose(activeTooltipIndex, undefined)
            },
          }}
          barProps={({ name }) => ({
            isAnimationActive: false,
            onClick: (_, index, event) => {
              // The column behind the bar would be chosen too.
              event.stopPropagation()
              onChoose(index, data.series.find((series) => series.name === name)?.value)
            },
          })}
        />
      </div>
    </div>
  )
}
