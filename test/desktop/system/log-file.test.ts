import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLogFile } from '../../../src-main/desktop/system/log-file.ts'
import { createLog } from '../../../src-main/observability/log.ts'
import { isPrivateFile } from '../../support/private-file.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

let temp: TempDir
let path: string
beforeEach(async () => {
  temp = await createTempDir()
  path = join(temp.path, 'latchkey.log')
})
afterEach(() => temp.remove())

const open = (limitBytes = 100, kept = 2) => openLogFile({ path, rotation: { limitBytes, kept } })

test('a line is on the disk when write returns, readable by its owner only', () => {
  open().write('one\n')
  expect(readFileSync(path, 'utf8')).toBe('one\n')
  expect(isPrivateFile(path)).toBe(true)
})

test('lines of an earlier run are kept', () => {
  open().write('one\n')
  open().write('two\n')
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
})

test('a full file makes room, and only so many old ones are kept', () => {
  const log = open(10, 2)
  for (const letter of 'abcde') log.write(`${letter.repeat(10)}\n`)
  expect(readdirSync(temp.path).sort()).toEqual(['latchkey.log', 'latchkey.log.1', 'latchkey.log.2'])
  expect(readFileSync(path, 'utf8')).toBe(`${'e'.repeat(10)}\n`)
  expect(readFileSync(`${path}.1`, 'utf8')).toBe(`${'d'.repeat(10)}\n`)
  expect(readFileSync(`${path}.2`, 'utf8')).toBe(`${'c'.repeat(10)}\n`)
})

test('a file that an earlier run filled makes room, too', () => {
  writeFileSync(path, 'x'.repeat(200))
  open().write('new\n')
  expect(readFileSync(path, 'utf8')).toBe('new\n')
})

test('two threads write one file, and no line is lost when one of them rotates it', () => {
  const core = open(20, 5)
  const main = openLogFile({ path, rotation: null })
  for (let line = 0; line < 3; line++) {
    main.write(`main ${line}....\n`)
    core.write(`core ${line}....\n`)
  }
  const files = readdirSync(temp.path).sort().reverse()
  expect(files.length).toBeGreaterThan(1)
  const lines = files.flatMap((file) => readFileSync(join(temp.path, file), 'utf8').trimEnd().split('\n'))
  expect(lines.map((line) => line.slice(0, 6))).toEqual(['main 0', 'core 0', 'main 1', 'core 1', 'main 2', 'core 2'])
})

test('the tail begins with a whole line', () => {
  const log = open(1000)
  expect(log.tail(50)).toBe('')
  for (let line = 10; line < 30; line++) log.write(`line ${line}\n`)
  expect(log.tail(20)).toBe('line 28\nline 29\n')
  expect(log.tail(1000).split('\n')).toHaveLength(21)
})

test('a log that cannot be written costs its lines and nothing else', () => {
  const log = openLogFile({ path: join(temp.path, 'no such folder', 'x.log'), rotation: { limitBytes: 100, kept: 2 } })
  expect(() => log.write('lost\n')).not.toThrow()
})

test('a secret in an error is blacked out before it is written', () => {
  const secret = `sk-lk-${'a'.repeat(39)}`
  createLog(open(10_000), 'info').error({ err: new Error(`no ${secret}`) }, 'failed')
  expect(readFileSync(path, 'utf8')).toContain('sk-lk-redacted')
  expect(readFileSync(path, 'utf8')).not.toContain(secret)
})
