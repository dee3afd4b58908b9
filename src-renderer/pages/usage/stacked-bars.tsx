import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { formatCompact, formatNumber } from '../../text/format.ts'
import type { ChartData } from './chart-data.ts'

/** Told apart by lightness too, for those who do not see the hues. */
const COLORS = ['pine.7', 'brass.4', 'pine.3', 'brass.7', 'gray.6', 'gray.4']

/** For the eye only: the table beside it holds the numbers. */
export function StackedBars({ data, label }: { data: ChartData; label: string }) {
  return (
    <div role="img" aria-label={label}>
      <div aria-hidden>
        <BarChart
          h="17rem"
          data={data.points}
          dataKey="bucket"
          type="stacked"
          series={data.series.map((series, index) => ({ ...series, color: COLORS[index] ?? 'gray.5' }))}
          withLegend={data.series.length > 1}
          legendProps={{ verticalAlign: 'bottom' }}
          tickLine="none"
          gridAxis="x"
          maxBarWidth={44}
          valueFormatter={formatNumber}
          yAxisProps={{ tickFormatter: formatCompact, width: 48 }}
          xAxisProps={{ minTickGap: 16 }}
          barChartProps={{ accessibilityLayer: false }}
          barProps={{ isAnimationActive: false }}
        />
      </div>
    </div>
  )
}
