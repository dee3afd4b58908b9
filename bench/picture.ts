import { type Results, samplesOf } from './results.ts'
import { percentile } from './statistics.ts'

const PANELS = [
  { scenario: 'small', measure: 'CPU µs', title: 'Small request: CPU, µs' },
  { scenario: 'streams', measure: 'CPU µs per chunk', title: 'Streamed chunk: CPU, µs' },
  { scenario: 'refusal', measure: 'CPU µs', title: 'Refusal of a wrong key: CPU, µs' },
] as const
const SUBJECTS = ['nginx', 'Latchkey', 'Caddy', 'http-proxy-3', '@fastify/http-proxy'] as const

const WIDTH = 760
const BAR = 18
const GAP = 6
const LABELS = 170
const LONGEST = 480

/** A bar chart of the medians as an SVG, readable on light and dark pages. */
export function drawPicture(results: Results): string {
  let y = 8
  const parts: string[] = []
  for (const { scenario, measure, title } of PANELS) {
    const bars = SUBJECTS.flatMap((subject) => {
      const samples = samplesOf(results, scenario, subject, measure)
      return samples === undefined ? [] : [{ subject, value: percentile(samples, 50) }]
    })
    parts.push(`<text x="0" y="${y + 14}" font-weight="600">${title}</text>`)
    y += 26
    const most = Math.max(...bars.map(({ value }) => value))
    for (const { subject, value } of bars) {
      parts.push(bar(subject, value, { y, width: (value / most) * LONGEST }))
      y += BAR + GAP
    }
    y += 14
  }
  const { processor, cores, node } = results.machine
  parts.push(
    `<text x="0" y="${y + 12}" font-size="11" opacity="0.7">${processor}, ${cores} cores, Node ${node}. Medians; shorter is better.</text>`,
  )
  return svg(y + 22, parts)
}

function bar(subject: string, value: number, { y, width }: { y: number; width: number }): string {
  const color = subject === 'Latchkey' ? '#d6951b' : '#7d8590'
  return [
    `<text x="${LABELS - 10}" y="${y + 13}" text-anchor="end">${subject}</text>`,
    `<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3" fill="${color}"/>`,
    `<text x="${(LABELS + width + 8).toFixed(1)}" y="${y + 13}">${value.toFixed(0)}</text>`,
  ].join('')
}

function svg(height: number, parts: readonly string[]): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#7d8590">`
  return `${open}\n${parts.join('\n')}\n</svg>\n`
}
