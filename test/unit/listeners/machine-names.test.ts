import { expect, test } from 'vitest'
import { machineNames } from '../../../src-main/listeners/machine-names.ts'

test.each([
  ['Kitchen', 'kitchen', ['kitchen', 'kitchen.local']],
  ['Adas-MacBook.local', 'adas-macbook', ['adas-macbook.local', 'adas-macbook']],
  ['pi.fritz.box', 'pi', ['pi.fritz.box', 'pi', 'pi.local']],
  ['my_pc', 'my-pc', ['my_pc', 'my-pc', 'my-pc.local']],
  ['Küche', 'k-che', ['küche', 'k-che', 'k-che.local']],
  ['---', 'latchkey', ['---', 'latchkey', 'latchkey.local']],
  ['', 'latchkey', ['latchkey', 'latchkey.local']],
  ['a'.repeat(80), 'a'.repeat(63), ['a'.repeat(80), 'a'.repeat(63), `${'a'.repeat(63)}.local`]],
])('the names of %s', (system, bare, all) => {
  expect(machineNames(system)).toEqual({ bare, local: `${bare}.local`, all })
})
