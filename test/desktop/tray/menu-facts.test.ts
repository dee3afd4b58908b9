import { expect, test } from 'vitest'
import { readMenuFacts } from '../../../src-main/desktop/tray/menu-facts.ts'
import type { Person } from '../../../src-shared/people/person.ts'
import { askingApp, askingKey, askingPerson, originWith } from '../support/records.ts'

const EXTENSION = 'moz-extension://8d1c3f5e-2b7a-4e60-9c41-5a0f6e7d8b92'

test('of thousands of sites and keys the menu gets only those that it shows, and one more for “more”', async () => {
  const of = (status: 'allowed' | 'pending', count: number) =>
    Array.from({ length: count }, (_, index) =>
      originWith({ origin: `https://${status}-${index}.example`, status, requests: index }),
    )
  const keys = Array.from({ length: 50 }, (_, index) =>
    askingKey({ id: `k${index}`, app: 'chatbox', otherApp: 'curl', onlyItsApp: index === 0 }),
  )
  const people = [askingPerson({ id: 'person_here', state: 'active' }), ...Array<Person>(9).fill(askingPerson())]
  const facts = await readMenuFacts({
    origins: { list: async () => [...of('allowed', 5_000), ...of('pending', 300)] },
    keys: { list: async () => keys },
    people: { list: async () => people },
    pairing: { list: () => [askingApp()] },
    keysOfOrigin: async () => [],
  })
  expect([facts.pending.length, facts.decided.length, facts.asking.length]).toEqual([6, 12, 6])
  expect(facts.strayed.map(({ id }) => id)).toEqual(['k1', 'k2', 'k3', 'k4', 'k5', 'k6'])
  expect(facts.joining.map(({ id }) => id)).toEqual(Array(6).fill('person_ada'))
  expect(facts.pairings.map(({ code }) => code)).toEqual(['47-19'])
  expect(facts.decided[0]?.origin).toBe('https://allowed-4999.example')
})

test('the facts name the enabled keys of a waiting extension, and no keys of other sites', async () => {
  const asked: string[] = []
  const facts = await readMenuFacts({
    origins: {
      list: async () => [originWith({ origin: EXTENSION, status: 'pending' }), originWith({ status: 'pending' })],
    },
    keys: { list: async () => [askingKey({ id: 'on', name: 'Mine' }), askingKey({ id: 'off', enabled: false })] },
    people: { list: async () => [] },
    pairing: { list: () => [askingApp()] },
    keysOfOrigin: async (origin) => {
      asked.push(origin)
      return ['on', 'off']
    },
  })
  expect([...facts.extensionKeys]).toEqual([[EXTENSION, [{ id: 'on', name: 'Mine' }]]])
  expect(asked).toEqual([EXTENSION])
})
