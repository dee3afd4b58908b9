import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateMessages } from '../../../build/scripts/messages/generate.ts'
import { MESSAGE_SETS } from '../../../build/scripts/messages/message-files.ts'
import { createTempDir, type TempDir } from '../../support/temp-dir.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const [SET] = MESSAGE_SETS

/** A copy of the message files, so that one of them can be spoiled. */
let copy: TempDir
const path = (language: string) => `${copy.path}/${SET?.messages}/${language}.json`

beforeAll(async () => {
  copy = await createTempDir()
})
afterAll(() => copy?.remove())

function faultsWith(language: string, change: (text: string) => string): string[] {
  for (const { messages } of MESSAGE_SETS) cpSync(`${ROOT}${messages}`, `${copy.path}/${messages}`, { recursive: true })
  const before = readFileSync(path(language), 'utf8')
  const spoiled = change(before)
  expect(spoiled).not.toBe(before)
  writeFileSync(path(language), spoiled)
  return generateMessages(`${copy.path}/`)
}

/** The file with other entries. */
function entriesOf(change: (entries: Record<string, unknown>) => void): (text: string) => string {
  return (text) => {
    const entries = JSON.parse(text) as Record<string, unknown>
    change(entries)
    return `${JSON.stringify(entries, null, 2)}\n`
  }
}

const set = (name: string, message: unknown) => entriesOf((entries) => Object.assign(entries, { [name]: message }))

describe('the check says what is wrong with a message file', () => {
  it.each([
    ['a message is missing', entriesOf((entries) => delete entries['keys.title']), 'keys.title is missing'],
    ['there is one too many', set('keys.other', 'Autre'), 'keys.other is not in'],
    ['an argument is left out', set('keys.notFound', 'Rien'), 'keys.notFound does not mention {search}'],
    ['an argument is not given', set('keys.title', '{name}'), 'keys.title mentions {name}'],
    ['a text is used as a number', set('keys.notFound', '{search, number}'), 'another kind of value'],
    ['a plural lacks a form', set('keys.summary.perDay', '{count, plural, one {#} other {#}}'), 'form “many”'],
    ['it is no ICU message', set('keys.title', '{name'), 'keys.title: EXPECT_ARGUMENT_CLOSING_BRACE'],
    ['a plural has no other', set('keys.summary.perDay', '{count, plural, one {#}}'), 'MISSING_OTHER_CLAUSE'],
    ['it formats a date itself', set('keys.title', '{day, date}'), 'only texts, numbers, plural and select'],
    ['a message is empty', set('keys.title', ''), 'keys.title must be a text'],
    ['it is for another language', set('@@locale', 'nl'), '"@@locale" must be "fr"'],
    ['a description has no message', set('@keys.nothing', { description: 'x' }), '@keys.nothing describes no message'],
    ['a name is there twice', (text: string) => text.replace('{', '{\n  "keys.title": "Clés",'), 'is there twice'],
  ])('%s', (_, change, fault) => {
    const faults = faultsWith('fr', change)
    expect(faults.join('\n')).toContain(fault)
    expect(faults.join('\n')).toContain(`${SET?.messages}/fr.json`)
  })

  it('a choice is unknown', () => {
    const problems = `${copy.path}/${MESSAGE_SETS[1]?.messages}/es.json`
    faultsWith('fr', set('keys.title', 'Trousseau'))
    writeFileSync(problems, readFileSync(problems, 'utf8').replace('ollama {', 'llama {'))
    expect(generateMessages(`${copy.path}/`)).toEqual([
      expect.stringContaining('port_taken has a choice “llama” of {by} that there is not'),
    ])
  })

  it('nothing, of a description and of other words', () => {
    expect(faultsWith('en', set('@keys.title', { description: 'The page of the keys.' }))).toEqual([])
    expect(faultsWith('fr', set('keys.title', 'Trousseau'))).toEqual([])
  })
})
