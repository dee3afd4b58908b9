import { afterEach, beforeEach, expect, test } from 'vitest'
import type { IssuedKey } from '#shared/keys/key.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { jsonHere, runHere } from './run-here.ts'

let dir: TempDir
beforeEach(async () => {
  dir = await createTempDir()
})
afterEach(() => dir.remove())

const json = <T = unknown[]>(...args: string[]) => jsonHere<T>(dir.path, ...args)

test('changes by the command line are in the audit trail, without a secret', async () => {
  const key = await json<IssuedKey>('key', 'create', '--name', 'Audited')
  await json('key', 'rotate', key.id)
  await json('key', 'disable', key.id)
  await json('origin', 'block', 'https://evil.example')
  await json('settings', 'set', 'retentionDays', '90')
  const entries =
    await json<{ actor: string; action: string; subject: string; label: string; fields: string[] }[]>('audit')
  expect(entries.map(({ actor, action, label, fields }) => [actor, action, label, fields])).toEqual([
    ['command line', 'settings.change', null, ['retentionDays']],
    ['command line', 'origin.block', null, []],
    ['command line', 'key.change', 'Audited', ['enabled']],
    ['command line', 'key.rotate', 'Audited', []],
    ['command line', 'key.create', 'Audited', []],
  ])
  expect(JSON.stringify(entries)).not.toContain(key.secret)
})

test('the printed trail names the person of each change', async () => {
  await json('origin', 'block', 'https://evil.example')
  const { stdout } = await runHere(dir.path, 'audit')
  expect(stdout).toMatch(/^WHEN +PERSON +ACTOR +ADDRESS +ACTION +TARGET +FIELDS\n/)
  expect(stdout).toMatch(/ Owner +command line +origin\.block +https:\/\/evil\.example\n?$/)
})
