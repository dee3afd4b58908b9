import type { ScenarioResult } from './results.ts'
import { pairwise, type Summary, summarise } from './statistics.ts'

const OURS = 'Latchkey'

/** A scenario as text: medians, quartiles, and the ratio of Latchkey's first measure to each other subject's. */
export function tableOf({ title, samples }: ScenarioResult): string {
  const measures = Object.keys(Object.values(samples)[0] ?? {})
  const [first = ''] = measures
  const ours = samples[OURS]?.[first]
  const rows = Object.entries(samples).map(([subject, taken]) => [
    subject,
    ...measures.map((measure) => withSpread(summarise(taken[measure] ?? []), 1)),
    ours === undefined || subject === OURS ? '' : withSpread(pairwise(ours, taken[first] ?? []), 2),
  ])
  return `\n${title}\n${aligned([['', ...measures, `${OURS} / this`], ...rows])}`
}

function withSpread({ median, low, high }: Summary, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map((row) => `  ${row.map(pad).join('  ')}`).join('\n')
}
