import { describe, expect, it } from 'vitest'
import type { Language } from '#shared/settings/languages.ts'
import { icuFor } from '#shared/text/icu.ts'
import { PROBLEM_PARTS, type ProblemCode } from '#shared/text/problem.ts'
import { messages as german } from '../../../src-renderer/text/generated/problems/de.ts'
import { messages as english } from '../../../src-renderer/text/generated/problems/en.ts'
import { messages as spanish } from '../../../src-renderer/text/generated/problems/es.ts'
import { messages as french } from '../../../src-renderer/text/generated/problems/fr.ts'
import { translatedProblem } from '../../../src-renderer/text/translated-problem.ts'
import { CONSOLE_TEXTS, LANGUAGE_TAGS } from '../../support/texts.ts'

const PROBLEMS = {
  en: english(icuFor('en')),
  de: german(icuFor('de')),
  fr: french(icuFor('fr')),
  es: spanish(icuFor('es')),
}

function told(language: Language, code: string, parts: Record<string, string> = {}): string | undefined {
  return translatedProblem({ code, parts }, PROBLEMS[language], CONSOLE_TEXTS[language].changes.fields)
}

describe.each(LANGUAGE_TAGS)('in %s', (language) => {
  it.each(Object.keys(PROBLEM_PARTS) as ProblemCode[])('%s is a sentence with all its parts in it', (code) => {
    // Numbers, so that a count reads as one.
    const parts: Record<string, string> = Object.fromEntries(
      PROBLEM_PARTS[code].map((part, at) => [part, `${at + 11}`]),
    )
    const sentence = told(language, code, parts)
    expect(sentence).toMatch(/^[\p{Lu}\d“„«¿][^{}]{8,}[.\p{L}]$/u)
    // These choose a sentence, and secrets are counted against keys.
    const chosen = ['so', 'by', 'secrets']
    for (const [part, value] of Object.entries(parts)) if (!chosen.includes(part)) expect(sentence).toContain(value)
  })
})

it.each([
  ['de', 'input_missing', { field: 'models.0' }, '„Modelle“ fehlt.'],
  ['fr', 'input_too_long', { field: 'name', limit: '80' }, '«\u00a0nom\u00a0» doit avoir au plus 80 caractères.'],
  ['fr', 'input_too_few', { field: 'scopes', limit: '1' }, '«\u00a0droits\u00a0» doit avoir au moins 1 élément.'],
  ['es', 'input_too_big', { field: 'gatewayPort', limit: '65535' }, '«puerto» debe ser como máximo 65535.'],
  ['es', 'input_wrong', { field: '' }, 'Lo escrito no es correcto.'],
  ['es', 'input_unknown', { field: 'name' }, '«name» no se conoce aquí.'],
  ['fr', 'port_taken', { port: '11500', by: 'ollama' }, /^Ollama lui-même utilise le port 11500\./],
  ['fr', 'port_taken', { port: '11500', by: 'a later holder' }, /^Le port 11500 est déjà utilisé/],
  ['es', 'store_failed', { so: 'key_stopped' }, /La clave se rechaza por ahora/],
  ['de', 'backup_restored', { kept: '' }, /gelten nicht\.$/],
  ['de', 'backup_restored', { kept: '/data/x' }, /gelten nicht\. Die Datei von vorher liegt unter \/data\/x;/],
] as const)('%s %s %j', (language, code, parts, sentence) => {
  const expected = typeof sentence === 'string' ? sentence : (expect.stringMatching(sentence) as unknown)
  expect(told(language, code, parts)).toEqual(expected)
})

describe('what a repair found', () => {
  const found = { why: 'parts', keys: '2', secrets: '2', sites: '1', requests: '5', kept: '' }

  it.each([
    ['everything', found, 'Wieder da sind Schlüssel: 2, Seiten: 1, Anfragen: 5.'],
    ['a lost secret', { ...found, secrets: '1' }, 'Manche Schlüssel haben ihr Geheimnis verloren'],
    ['no key', { ...found, keys: '0', secrets: '0' }, 'Kein Schlüssel war lesbar'],
    ['no secret', { ...found, secrets: '0' }, 'Kein Schlüssel war lesbar'],
    ['an old file', { ...found, kept: '/data/old' }, 'Die alte Datei liegt unter /data/old.'],
    ['a reason of a later version', { ...found, why: 'eaten by a mouse' }, 'benutzt werden: eaten by a mouse.'],
  ])('%s', (_, parts, sentence) => {
    expect(told('de', 'store_recovered', parts)).toContain(sentence)
  })

  it('says nothing of lost secrets where nothing is lost, or all is', () => {
    for (const parts of [found, { ...found, secrets: '0' }])
      expect(told('de', 'store_recovered', parts)).not.toContain('Manche Schlüssel')
  })
})

it('leaves to the core what this version does not know', () => {
  expect(told('fr', 'something_newer')).toBeUndefined()
  expect(told('fr', 'toString')).toBeUndefined()
  expect(told('fr', 'port_taken', { port: '11500' })).toBeUndefined()
})
