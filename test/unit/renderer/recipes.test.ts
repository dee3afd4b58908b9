import { describe, expect, it } from 'vitest'
import { addressFor, hasKeyInAddress } from '../../../src-renderer/recipes/address.ts'
import { foundApps, groupedApps } from '../../../src-renderer/recipes/find-apps.ts'
import { APP_IDS, POPULAR, RECIPES } from '../../../src-renderer/recipes/recipes.ts'
import type { Given, Step } from '../../../src-renderer/recipes/step.ts'
import { codeOf } from '../../../src-renderer/recipes/step-code.ts'

const found = (search: string) => foundApps(search, (kind) => kind)
const key = `sk-lk-${'b'.repeat(39)}`

describe.each(APP_IDS)('%s', (id) => {
  const recipe = RECIPES[id]
  const given: Given = { address: addressFor(recipe.address, 'http://localhost:11500', key), key, model: 'a/b "c":d' }
  const code = recipe.steps.map((step) => codeOf(step, given, 'posix') ?? '').join('\n')
  const does = (...kinds: Step['do'][]) => recipe.steps.some((step) => kinds.includes(step.do))

  it('says where address and key go', () => {
    // The settings of apps with only a link are not known.
    if (recipe.link !== undefined && !does('pasteKey')) return
    expect(does('pasteAddress', 'replaceAddress') || code.includes(given.address)).toBe(true)
    expect(hasKeyInAddress(recipe.address) || does('pasteKey') || code.includes(key)).toBe(true)
    // A key in the address is in no other place.
    expect(hasKeyInAddress(recipe.address) && does('pasteKey')).toBe(false)
  })

  it('has a link exactly if that is the way', () => {
    expect(recipe.link !== undefined).toBe(recipe.handover === 'link')
    expect(['file', 'code'].includes(recipe.handover) && code.trim() === '').toBe(false)
  })

  it('writes JSON that can be read, whatever the model is called', () => {
    for (const step of recipe.steps) {
      if (step.do !== 'file' || !step.path.endsWith('.json')) continue
      expect(typeof JSON.parse(step.text(given))).toBe('object')
    }
  })

  it('is found by its name, its other names and the beginning of them', () => {
    for (const name of [recipe.name, ...recipe.aliases, recipe.name.slice(0, 4)]) expect(found(name)).toContain(id)
  })
})

describe('the list', () => {
  it('has each app once, the popular ones first', () => {
    const shown = groupedApps().flatMap(({ apps }) => apps)
    expect([...shown].sort()).toEqual([...APP_IDS].sort())
    expect(shown.slice(0, POPULAR.length)).toEqual(POPULAR)
    expect(APP_IDS.length).toBeGreaterThanOrEqual(25)
  })

  it('is searched by all words, without case and accents, names first', () => {
    expect(found('CLAUDE code')[0]).toBe('claude-code')
    expect(found('clàude')[0]).toBe('claude-code')
    expect(found('page')[0]).toBe('page-assist')
    expect(found('thunderbird')).toEqual(['thunderai'])
    expect(found('intellij')).toEqual(['jetbrains'])
    expect(found('no such app')).toEqual([])
  })
})

describe('variables', () => {
  const step: Step = { do: 'variables', variables: () => ({ A: 'plain:/x', B: "it's $HOME `x`" }) }
  const given: Given = { address: '', key: '', model: '' }

  it('are quoted for a POSIX shell', () => {
    expect(codeOf(step, given, 'posix')).toBe("export A=plain:/x\nexport B='it'\\''s $HOME `x`'")
  })

  it('are quoted for PowerShell', () => {
    expect(codeOf(step, given, 'powershell')).toBe("$env:A = 'plain:/x'\n$env:B = 'it''s $HOME `x`'")
  })
})
