import { expect, test } from 'vitest'
import { LANGUAGES } from '#shared/settings/languages.ts'
import { chooseText, DESKTOP_TEXTS, type DesktopText } from '../../src-main/desktop/text/choose-text.ts'

const { en, de, fr, es } = DESKTOP_TEXTS

test.each([
  ['de', ['en-GB'], de],
  ['en', ['de-DE'], en],
  ['fr', [], fr],
  ['auto', ['de-AT', 'en-GB'], de],
  ['auto', ['nl_NL.UTF-8', 'nl', 'es_MX.UTF-8', 'C'], es],
  ['auto', ['fr-CA'], fr],
  ['auto', ['pt-BR'], en],
  ['auto', ['constructor'], en],
  ['auto', [], en],
] as const)('with the setting %s and a person who reads %j it is the right one: %#', (language, preferred, text) => {
  expect(chooseText(language, preferred)).toBe(text)
})

test('no text was left in English', () => {
  const texts = (catalogue: DesktopText) =>
    Object.entries(catalogue).flatMap(
      ([part, entries]: [string, Record<string, string | ((given: object) => string)>]) =>
        Object.entries(entries).map(([name, text]) => [
          `${part}.${name}`,
          typeof text === 'string' ? text : text({ time: 'x', site: 'x', key: 'x', version: 'x', percent: 'x' }),
        ]),
    )
  const english = new Map(texts(en) as [string, string][])
  for (const language of Object.keys(LANGUAGES).filter((tag) => tag !== 'en') as (keyof typeof LANGUAGES)[]) {
    const left = (texts(DESKTOP_TEXTS[language]) as [string, string][]).filter(
      ([name, text]) => english.get(name) === text,
    )
    expect(left, language).toEqual([])
  }
})
