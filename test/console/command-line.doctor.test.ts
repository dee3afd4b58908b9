import { chmod, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { runHere } from './run-here.ts'

let dir: TempDir
const path = process.env['PATH']

beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(async () => {
  process.env['PATH'] = path
  await dir.remove()
})

test('doctor --diagnostics prints a text that names no folder and no key', async () => {
  const { stdout: made } = await runHere(dir.path, 'key', 'create', '--name', 'Mine', '--json')
  const { code, stdout } = await runHere(dir.path, 'doctor', '--diagnostics')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Latchkey \d+\.\d+\.\d+, headless\nSystem: /)
  expect(stdout).toContain('Keys: 1;')
  for (const hidden of [dir.path, homedir(), (JSON.parse(made) as { secret: string }).secret, 'Mine']) {
    expect(stdout).not.toContain(hidden)
  }
})

test.skipIf(process.platform !== 'linux')('doctor tells that the service beside it has failed', async () => {
  const systemctl = join(dir.path, 'systemctl')
  const shown = 'LoadState=loaded\nActiveState=failed\nResult=exit-code\nUnitFileState=enabled\nEnvironment=\n'
  await writeFile(systemctl, `#!/bin/sh\nprintf '%s' '${shown}'\n`)
  await chmod(systemctl, 0o700)
  process.env['PATH'] = `${dir.path}:${path}`
  const { stdout } = await runHere(dir.path, 'doctor')
  expect(stdout).toContain(
    'look  The service latchkey has failed (exit-code).\n      Its last words are in: journalctl',
  )
})
