import { expect, test } from 'vitest'
import { chooseText } from '../../src-main/desktop/text/choose-text.ts'
import { english } from '../../src-main/desktop/text/english.ts'
import { german } from '../../src-main/desktop/text/german.ts'

test.each([
  ['de', ['en-GB'], german],
  ['en', ['de-DE'], english],
  ['auto', ['de-AT', 'en-GB'], german],
  ['auto', ['fr_FR.UTF-8', 'fr', 'de_DE.UTF-8', 'C'], german],
  ['auto', ['fr-CA'], english],
  ['auto', [], english],
] as const)('with the setting %s and a person who reads %j it is the right one: %#', (language, preferred, text) => {
  expect(chooseText(language, preferred)).toBe(text)
})

test('no text was left in the other language', () => {
  const texts = (catalogue: object) =>
    Object.entries(catalogue).flatMap(
      ([part, entries]: [string, Record<string, string | ((value: string) => string)>]) =>
        Object.entries(entries).map(([name, text]) => [`${part}.${name}`, typeof text === 'string' ? text : text('x')]),
    )
  const ours = new Map(texts(english) as [string, string][])
  expect((texts(german) as [string, string][]).filter(([name, text]) => ours.get(name) === text)).toEqual([])
})
