import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exchange, open } from '../store/fixtures.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { runHere } from './run-here.ts'

const ROWS = 5000
let dir: TempDir
let file: string
beforeEach(async () => {
  dir = await createTempDir()
  file = join(dir.path, 'out.csv')
  const store = await open(dir.path)
  const now = Date.now()
  const rows = Array.from({ length: ROWS }, (_, number) => exchange(`x-${number}`, { time: now - number * 1000 }))
  await store.usage.append(rows, [])
  await store.close()
})
afterEach(() => dir.remove())

const run = (...args: string[]) => runHere(dir.path, ...args)

test('requests are written to a file, and how far it is is told as it goes', async () => {
  const { code, stdout, stderr } = await run('export', 'requests', '--output', file)
  expect({ code, stdout }).toEqual({ code: 0, stdout: `Wrote ${ROWS} rows to ${file}.\n` })
  expect(stderr).toMatch(/^10 % of 5000 rows\n[\s\S]*100 % of 5000 rows\n$/)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n')
  expect(lines).toHaveLength(ROWS + 1)
  expect(lines[1]).toContain(`x-${ROWS - 1}`)
  expect(lines.at(-1)).toContain('x-0')
})

test('another file is never overwritten', async () => {
  await run('export', 'usage', '--output', file)
  const before = readFileSync(file, 'utf8')
  expect(await run('export', 'requests', '--output', file)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('already exists') as string,
  })
  expect(readFileSync(file, 'utf8')).toBe(before)
})

test('a report is written as JSON, or as CSV on the terminal, by whatever it is summed by', async () => {
  expect((await run('export', 'usage', '--by', 'route', '--format', 'json', '--output', file)).code).toBe(0)
  // Two rows in the first hours of a month.
  const rows = JSON.parse(readFileSync(file, 'utf8')) as { value: string; requests: number }[]
  expect(new Set(rows.map(({ value }) => value))).toEqual(new Set(['/api/chat']))
  expect(rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(ROWS)
  const { stdout } = await run('usage', '--by', 'owner', '--csv')
  expect(stdout.split('\r\n')[0]).toBe(
    'bucket,person,label,requests,refused,promptTokens,completionTokens,totalTokens,unmetered',
  )
  const table = (await run('usage', '--by', 'model', '--from', '2026-01-01')).stdout
  expect(table).toContain('FIRST BYTE')
  expect(table).toContain(String(ROWS))
})

test('wrong usage is code 2 and writes no file', async () => {
  for (const args of [
    ['requests'],
    ['usage', '--by', 'colour', '--output', file],
    ['requests', '--from', 'x', '--output', file],
  ]) {
    expect((await run('export', ...args)).code).toBe(2)
  }
  expect(existsSync(file)).toBe(false)
})
