import { expect, it } from 'vitest'
import type { Key } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import { groupByKey } from '../../../src-renderer/pages/origins/group-by-key.ts'

const KEYS = [{ id: 'k1', name: 'Page Assist' } as Key, { id: 'k2', name: 'Lumos' } as Key]

it('extensions that use one key stand together, the first one seen first; those without a key come last', () => {
  const extensions = [seenAt('none', 1), seenAt('again', 9), seenAt('lumos', 5), seenAt('before', 2)]
  const used = new Map([
    ['again', ['k1']],
    // A key that was deleted since says nothing.
    ['before', ['gone', 'k1', 'k2']],
    ['lumos', ['k2', 'k1']],
    ['none', ['gone']],
  ])
  const groups = groupByKey(extensions, used, KEYS)
  expect(groups.map(({ usedKey, extensions: of }) => [usedKey?.name, of.map(({ origin }) => origin)])).toEqual([
    ['Page Assist', ['before', 'again']],
    ['Lumos', ['lumos']],
    [undefined, ['none']],
  ])
})

function seenAt(origin: string, firstSeenAt: number): OriginRecord {
  return {
    origin,
    firstSeenAt,
    lastSeenAt: 10,
    status: 'allowed',
    decidedBy: 'key',
    label: null,
    requests: 1,
    refused: 0,
  }
}
