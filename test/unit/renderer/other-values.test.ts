import { expect, test, vi } from 'vitest'
import { modelText, programText } from '../../../src-renderer/parts/exchanges/recorded-names.ts'
import { originName } from '../../../src-renderer/parts/origins/origin-name.ts'

// Each page chooses its own texts.
vi.hoisted(() => vi.stubGlobal('document', { documentElement: { dataset: { language: 'en' } } }))

test('values beyond the daily bound are shown in words', () => {
  expect([modelText('other'), programText('other'), originName({ origin: 'other', label: null })]).toEqual([
    'Other models',
    'Other programs',
    'Other sites',
  ])
  expect([modelText('llama3'), programText('curl')]).toEqual(['llama3', 'curl'])
})
