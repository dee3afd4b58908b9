import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MAIN } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

/** What `serve` prints into a file, with `$JOURNAL_STREAM` as systemd sets it for that file or for another. */
async function printed(streamOf: (output: number) => string): Promise<string> {
  const path = join(dir.path, 'output')
  const output = openSync(path, 'w')
  const args = ['serve', '--demo', '--no-open', '--port', '0', '--console-port', '0', '--data-dir', dir.path]
  const env = { ...process.env, JOURNAL_STREAM: streamOf(output) }
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', output, 'inherit'] })
  try {
    await until(() => readFileSync(path, 'utf8').includes('No keys yet'), 'serve to be ready')
    return readFileSync(path, 'utf8')
  } finally {
    child.kill()
    await once(child, 'exit')
    closeSync(output)
  }
}

function nameOf(output: number): string {
  const { dev, ino } = fstatSync(output, { bigint: true })
  return `${dev}:${ino}`
}

test.skipIf(process.platform === 'win32')('the journal of a service keeps no link to the console', async () => {
  const text = await printed(nameOf)
  expect(text).not.toContain('#token=')
  expect(text).toContain('get a link with: latchkey console')
})

test('a program that only inherits the journal’s variable prints its link', async () => {
  expect(await printed(() => '1:1')).toContain('#token=')
})
