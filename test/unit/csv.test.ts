import { describe, expect, test } from 'vitest'
import { EXCHANGE_HEADINGS, exchangeCsv, usageCsv } from '#shared/usage/csv.ts'
import type { UsageReport } from '#shared/usage/usage.ts'
import { exchange } from '../store/fixtures.ts'

const SIGNS = '=+-@＝＋－＠﹢﹣﹦﹫⁺⁻⁼₊₋₌−'.split('')
const UNSEEN = [
  '',
  ' ',
  '\n',
  '\r\n',
  '\t',
  '\r',
  '\0',
  '\v',
  '\u001f',
  '\u0085',
  '\u00a0',
  '\u3000',
  '\u2028',
  '\ufeff',
  '\u200b',
  '\u200f',
  '\u202e',
  '\u2066',
  '\u00ad',
  '\ufe0f',
  '\u115f',
  ' \u200b\n',
]
const FORMULAS = UNSEEN.flatMap((before) => SIGNS.map((sign) => `${before}${sign}1+1`))

/** RFC 4180, and nothing else. */
function cellsOf(line: string): string[] {
  const cells = line.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^",]*)(?=,|$)/g) ?? []
  return cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell))
}

const columnOf = (name: string) => EXCHANGE_HEADINGS.split(',').indexOf(name)

describe('nothing that a spreadsheet would run', () => {
  test.each(['keyId', 'origin', 'userAgent', 'method', 'route', 'model', 'reason', 'id'])(
    'is in the column %s',
    (name) => {
      for (const text of FORMULAS) {
        const cells = cellsOf(exchangeCsv(exchange('x', { [name]: text })))
        expect(cells).toHaveLength(EXCHANGE_HEADINGS.split(',').length)
        const cell = cells[columnOf(name)] ?? ''
        expect(cell.startsWith("'"), JSON.stringify(text)).toBe(true)
        expect(cell.replaceAll("'", '')).toBe(text)
      }
    },
  )

  test('is in a report, by value or label', () => {
    for (const text of FORMULAS) {
      const sums = { requests: 1, refused: 0, promptTokens: 1, completionTokens: 1, totalTokens: 2, unmetered: 0 }
      const row = { ...sums, bucket: '2026-08-01', value: text, label: text }
      const [, line = ''] = usageCsv({ by: 'model', rows: [row] } as unknown as UsageReport)
      const [bucket, value, label] = cellsOf(line)
      expect([bucket, value?.charAt(0), label?.charAt(0)]).toEqual(['2026-08-01', "'", "'"])
    }
  })

  test('begins behind what another spreadsheet splits at', () => {
    const model = 'a;=1+1\t@SUM(1)\n＝2,-3'
    expect(cellsOf(exchangeCsv(exchange('x', { model })))[columnOf('model')]).toBe("a;'=1+1\t'@SUM(1)\n'＝2,-3")
  })
})

test.each([
  'llama3.2:3b',
  'hf.co/a/b-c:Q4_K_M',
  'a=b',
  'x - y',
  'https://example.org',
  '漢字',
  'é',
  '"quoted"',
  'a,b',
  'a;b',
])('the name %s stays as it is', (model) => {
  expect(cellsOf(exchangeCsv(exchange('x', { model })))[columnOf('model')]).toBe(model)
})

test('numbers are numbers, and what is not known is empty', () => {
  const cells = cellsOf(exchangeCsv(exchange('x', { promptTokens: null, durationMs: -1.5, model: null })))
  expect([cells[columnOf('promptTokens')], cells[columnOf('durationMs')], cells[columnOf('model')]]).toEqual([
    '',
    '-1.5',
    '',
  ])
})
