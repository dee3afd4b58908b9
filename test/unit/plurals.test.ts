import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Language } from '#shared/settings/languages.ts'
import { parseInput } from '#shared/text/input-sentence.ts'
import { DESKTOP_TEXTS } from '../../src-main/desktop/text/choose-text.ts'
import { failureWords } from '../../src-main/observability/failure-words.ts'
import { cannedAnswer } from '../../src-main/sample/canned-answer.ts'
import { CONSOLE_TEXTS, LANGUAGE_TAGS } from '../support/texts.ts'

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
  fr: {
    clé: ['clés'],
    jour: ['jours'],
    ligne: ['lignes'],
    modèle: ['modèles'],
    requête: ['requêtes'],
    réponse: ['réponses'],
    site: ['sites'],
    token: ['tokens'],
  },
  es: {
    clave: ['claves'],
    día: ['días'],
    fila: ['filas'],
    modelo: ['modelos'],
    respuesta: ['respuestas'],
    sitio: ['sitios'],
    solicitud: ['solicitudes'],
    token: ['tokens'],
  },
} as const satisfies Record<Language, Readonly<Record<string, readonly string[]>>>

/** The error in a text with this count: `1 keys`, or `2 key`. */
function wrongIn(text: string, count: number, language: Language): string[] {
  const pairs: [string, readonly string[]][] = Object.entries(NOUNS[language])
  // French says 0 as it says 1.
  const isOne = new Intl.PluralRules(language).select(count) === 'one'
  const wrong = pairs.flatMap(([one, many]) => (isOne ? many : [one]))
  // An adjective may be in between: 1 new requests. “Version 1 answers” is not a count.
  return wrong
    .filter((noun) => new RegExp(`(?<![\\d.,]|Version )${count} (?:\\p{L}+ )?${noun}(?![\\p{L}(])`, 'u').test(text))
    .map((noun) => `${noun}: ${text}`)
}

/** Every text that the functions of a catalogue make of a count, wherever they take it. */
function textsWith(catalogue: unknown, count: number): string[] {
  if (typeof catalogue === 'string') return [catalogue]
  if (typeof catalogue === 'function') {
    // Every argument has this count.
    return [(catalogue as (given: object) => string)(new Proxy({}, { get: () => count }))]
  }
  if (typeof catalogue !== 'object' || catalogue === null) return []
  return Object.values(catalogue).flatMap((entry) => textsWith(entry, count))
}

describe.each([0, 1, 2])('with a count of %i', (count) => {
  it.each(LANGUAGE_TAGS)('console and desktop have the right form of every noun: %s', (language) => {
    const texts = textsWith([CONSOLE_TEXTS[language], DESKTOP_TEXTS[language]], count)
    expect(texts.length).toBeGreaterThan(500)
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
      .filter((path) => /\.tsx?$/.test(path) && !path.includes('/generated/'))
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
