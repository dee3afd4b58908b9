import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseInput } from '#shared/text/input-sentence.ts'
import { english as desktopEnglish } from '../../src-main/desktop/text/english.ts'
import { german as desktopGerman } from '../../src-main/desktop/text/german.ts'
import { failureWords } from '../../src-main/observability/failure-words.ts'
import { cannedAnswer } from '../../src-main/sample/canned-answer.ts'
import { en } from '../../src-renderer/text/english.ts'
import { de } from '../../src-renderer/text/german.ts'

/** A noun for one, and its forms for none or several. */
const NOUNS = {
  en: {
    ...Object.fromEntries(
      ['answer', 'app', 'backup', 'change', 'character', 'day', 'error', 'exchange', 'hour', 'key', 'line', 'minute']
        .concat(['model', 'page', 'person', 'request', 'row', 'second', 'site', 'token', 'week', 'word'])
        .map((noun) => [noun, [`${noun}s`]]),
    ),
    entry: ['entries'],
  },
  de: {
    Anfrage: ['Anfragen'],
    Antwort: ['Antworten'],
    Eintrag: ['Einträge', 'Einträgen'],
    Minute: ['Minuten'],
    Modell: ['Modelle', 'Modellen'],
    Seite: ['Seiten'],
    Sekunde: ['Sekunden'],
    Stunde: ['Stunden'],
    Tag: ['Tage', 'Tagen'],
    Token: ['Tokens'],
    Zeile: ['Zeilen'],
  },
} as const satisfies Record<string, Readonly<Record<string, readonly string[]>>>

/** What is wrong in a text that was made with this count: `1 keys`, or `2 key`. */
function wrongIn(text: string, count: number, language: keyof typeof NOUNS): string[] {
  const pairs: [string, readonly string[]][] = Object.entries(NOUNS[language])
  const wrong = pairs.flatMap(([one, many]) => (count === 1 ? many : [one]))
  // An adjective may stand between: 1 new requests. Version 1 answers is no count.
  return wrong
    .filter((noun) => new RegExp(`(?<![\\d.,]|Version )${count} (?:[a-zäöü]+ )?${noun}(?![\\wäöüß(])`).test(text))
    .map((noun) => `${noun}: ${text}`)
}

/** Every text that the functions of a catalogue make of a count, wherever they take it. */
function textsWith(catalogue: unknown, count: number): string[] {
  if (typeof catalogue === 'string') return [catalogue]
  if (typeof catalogue === 'function') return madeBy(catalogue as (...parts: unknown[]) => unknown, count)
  if (typeof catalogue !== 'object' || catalogue === null) return []
  return Object.values(catalogue).flatMap((entry) => textsWith(entry, count))
}

function madeBy(make: (...parts: unknown[]) => unknown, count: number): string[] {
  const anything = new Proxy({}, { get: () => count })
  return [count, anything].flatMap((part) => {
    try {
      const made = make(part, part, part, part)
      return typeof made === 'string' ? [made] : textsWith(made, count)
    } catch {
      // It wants an object and was given a number, or the other way round.
      return []
    }
  })
}

describe.each([0, 1, 2])('with a count of %i', (count) => {
  it.each([
    ['the console in English', en, 'en'],
    ['the console in German', de, 'de'],
    ['the desktop in English', desktopEnglish, 'en'],
    ['the desktop in German', desktopGerman, 'de'],
  ] as const)('%s has the right form of every noun', (_, catalogue, language) => {
    const texts = textsWith(catalogue, count)
    expect(texts.length).toBeGreaterThan(20)
    expect(texts.flatMap((text) => wrongIn(text, count, language))).toEqual([])
  })

  it.each([
    ['a text that is too short', () => sentenceOf(z.string().min(count), '')],
    ['a text that is too long', () => sentenceOf(z.string().max(count), 'abc')],
    ['a list that is too short', () => sentenceOf(z.array(z.string()).min(count), [])],
    ['a list that is too long', () => sentenceOf(z.array(z.string()).max(count), ['a', 'b', 'c'])],
    ['failures', () => failureWords({ requests: count, others: count, last: { what: 'x', where: 'y', time: 0 } })],
    [
      'the sample',
      () =>
        cannedAnswer(
          Array.from({ length: count }, () => 'word'),
          undefined,
        ).pieces.join(''),
    ],
  ])('%s: the noun has the right form', (_, say) => {
    expect(wrongIn(say() ?? '', count, 'en')).toEqual([])
  })
})

it('the test sees a wrong form', () => {
  expect(wrongIn('Wait 1 seconds and check the key.', 1, 'en')).toHaveLength(1)
  expect(wrongIn('2 new request', 2, 'en')).toHaveLength(1)
  expect(wrongIn('1 of 1 tokens', 1, 'en')).toHaveLength(1)
  expect(wrongIn('10 Tag', 0, 'de')).toHaveLength(0)
})

it('no source writes a count before a noun of its own, nor “(s)” after one', () => {
  const nouns = Object.values(NOUNS.en).flat().join('|')
  const own = new RegExp(
    `\\$\\{(?!plural\\(|counted\\(|who\\}|version\\})[^{}]*\\} (?:[a-z]+ )?(?:${nouns})\\b|\\w\\(s\\)`,
  )
  const files = ['src-main', 'src-shared', 'src-renderer'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => `${root}/${path}`),
  )
  expect(files.length).toBeGreaterThan(400)
  const lines = files.flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => `${path}: ${line.trim()}`),
  )
  expect(lines.filter((line) => own.test(line) && !CONSTANTS.test(line))).toEqual([])
})

/** Counts that are written into the source, and are more than one. */
const CONSTANTS = /\$\{MAX_(?:MODEL|ORIGIN)_LENGTH\} characters/

function sentenceOf(schema: z.ZodType, value: unknown): string {
  try {
    parseInput(schema, value)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
