import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { until } from '../support/until.ts'

let dir: TempDir
let serve: Serve | undefined
const before = process.env['NODE_OPTIONS']
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(async () => {
  process.env['NODE_OPTIONS'] = before ?? ''
  await serve?.stop()
  serve = undefined
  await dir.remove()
})

const SECRET = `sk-lk-${'a'.repeat(39)}`

/** Runs code in the process before Latchkey does: nothing of Latchkey's own fails when one asks it to. */
async function withCode(code: string): Promise<void> {
  const file = join(dir.path, 'faults.mjs')
  await writeFile(file, code)
  process.env['NODE_OPTIONS'] = `--import=${file}`
}

test('errors that nothing has caught are logged and counted, and the gateway goes on', async () => {
  await withCode(`process.on('SIGUSR2', () => {
    setTimeout(() => { throw new TypeError('a fault with "a prompt" and ${SECRET}') })
    Promise.reject(new RangeError('nobody waits'))
  })`)
  serve = await startServe()
  const { stderr, gateway } = serve
  expect((await serve.run('doctor')).stdout).not.toContain('inside Latchkey')
  serve.process.kill('SIGUSR2')
  await until(() => stderr().includes('TypeError') && stderr().includes('RangeError'), 'both in the log')
  expect(stderr()).toContain('faults.mjs')
  expect(stderr()).not.toContain(SECRET)
  expect(stderr()).not.toContain('a prompt')
  expect((await fetch(`${gateway}/healthz`)).status).toBe(200)

  const { stdout } = await serve.run('doctor')
  expect(stdout).toMatch(
    /look {2}2 other errors occurred inside Latchkey since it started\. The last one was \w+Error in .*faults\.mjs:\d+\) at /,
  )
  expect((await serve.run('doctor', '--diagnostics')).stdout).toMatch(/^Failures: 2 other error/m)
  expect(await serve.stop()).toBe(0)
})

test('a log that cannot be written any more ends nothing', async () => {
  await withCode(`process.on('SIGUSR2', () => setTimeout(() => { throw new TypeError('broken') }))`)
  serve = await startServe()
  serve.process.stderr?.destroy()
  for (let times = 1; times <= 3; times++) {
    serve.process.kill('SIGUSR2')
    await until(async () => (await serve?.call('GET /api/state', {}))?.failures.others === times, 'the failure')
  }
  expect((await fetch(`${serve.gateway}/healthz`)).status).toBe(200)
})

test('an error while it starts ends the process with a sentence', async () => {
  await withCode(`const look = setInterval(() => {
    if (process.listenerCount('uncaughtException') === 0) return
    clearInterval(look)
    throw new TypeError('broken early')
  }, 0)`)
  await expect(startServe()).rejects.toThrow('before it was ready: Latchkey failed to start: TypeError: broken early\n')
})
