import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { type MadePackages, makePackages } from './made-packages.ts'
import { GATEWAY, Person, reasonToSkip } from './throw-away-system.ts'

const reason = reasonToSkip()

describe('the tar.gz', () => {
  let made: MadePackages
  let person: Person
  beforeAll(async () => {
    if (reason !== undefined) return
    made = await makePackages()
    person = new Person('lk-tara')
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(() => person?.leave())

  test('is unpacked and started in a home folder, by somebody who is not root', async () => {
    person.run('tar', '--extract', '--file', made.archive)
    const [folder = ''] = person.run('sh', '-c', 'echo */latchkey').trim().split('\n')
    const program = join(person.home, folder)
    await person.open(program)
    const health = await until(
      async () => (await fetch(`${GATEWAY}/healthz`).catch(() => undefined))?.status,
      'the gateway',
    )
    expect(health).toBe(200)
    await person.quit(program)
  })
})
