import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { firewallSteps } from '#shared/lan/firewall.ts'
import { MISSING } from '#shared/lan/missing.ts'
import { PROBLEM_PARTS } from '#shared/text/problem.ts'
import { OPERATING_SYSTEMS, takeOverSteps } from '#shared/upstreams/take-over.ts'
import { MESSAGE_SETS, type MessageSet, readMessageFile } from '../../../build/scripts/messages/message-files.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const [CONSOLE, PROBLEMS, DESKTOP, PAGES, TRUST] = MESSAGE_SETS as unknown as readonly [
  MessageSet,
  MessageSet,
  MessageSet,
  MessageSet,
  MessageSet,
]

const DEVICES = MESSAGE_SETS.find(({ messages }) => messages.endsWith('/devices')) as MessageSet

const PEOPLE = MESSAGE_SETS.find(({ messages }) => messages.endsWith('/people')) as MessageSet

const english = (set: MessageSet) => readMessageFile(ROOT, set, 'en').messages

/** The product's own sources in a folder. */
function sourcesIn(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path) && !path.includes('generated/'))
      .map((path) => readFileSync(`${ROOT}${folder}/${path}`, 'utf8')),
  )
}

/**
 * Whether a source asks for the message: by its whole name, through a part of it that it holds (`const { columns } =
 * text.keys`), or through a table that it looks up with what it learns as it runs (`text.words.refusals[code]`).
 */
function isUsed(name: string, sources: readonly string[], variable = 'text'): boolean {
  const steps = name.split('.')
  return sources.some((source) => steps.some((_, index) => isUsedIn(source, [variable, ...steps], index + 2)))
}

/** `held` steps are what the source has hold of; the first is the variable of the catalogue. */
function isUsedIn(source: string, steps: readonly string[], held: number): boolean {
  const path = steps.slice(0, held).join('.')
  if (!source.includes(path) || !new RegExp(`\\b${escaped(path)}\\b`).test(source)) return false
  const isTable = new RegExp(
    `${escaped(path)}(?:\\[|\\)|\\.(?:map|length)\\b)|(?:: Readonly<.*>|\\bas const) = ${escaped(path)}\\n`,
  )
  if (isTable.test(source)) return true
  const rest = steps.slice(held)
  const tableAt = rest.findIndex((step) => source.includes(`${step}[`))
  const asked = tableAt < 0 ? rest : rest.slice(0, tableAt)
  return asked.every((step) => new RegExp(`\\b${escaped(step)}\\b`).test(source))
}

const escaped = (text: string) => text.replace(/[.*+?^$()|[\]\\/]/g, '\\$&')

it('the console shows every message', () => {
  const sources = sourcesIn('src-renderer')
  expect(isUsed('keys.title', sources)).toBe(true)
  expect(isUsed('keys.neverShown', sources)).toBe(false)
  expect([...english(CONSOLE).keys()].filter((name) => !isUsed(name, sources))).toEqual([])
})

it('the pages about other devices show every message', () => {
  const sources = sourcesIn('src-renderer')
  expect(isUsed('lan.neverShown', sources, 'devicesText')).toBe(false)
  expect([...english(DEVICES).keys()].filter((name) => !isUsed(name, sources, 'devicesText'))).toEqual([])
})

it('the pages about people show every message', () => {
  const sources = sourcesIn('src-renderer')
  expect(isUsed('people.neverShown', sources, 'peopleText')).toBe(false)
  expect([...english(PEOPLE).keys()].filter((name) => !isUsed(name, sources, 'peopleText'))).toEqual([])
})

it('the desktop says every message', () => {
  const sources = sourcesIn('src-main/desktop')
  // It hands the whole catalogue on, and its parts by name.
  const says = (name: string) =>
    name.split('.').every((step) => sources.some((s) => new RegExp(`\\b${step}\\b`).test(s)))
  expect(says('tray.neverSaid')).toBe(false)
  expect([...english(DESKTOP).keys()].filter((name) => !says(name))).toEqual([])
})

it('the pages of pairing say every message', () => {
  const source = sourcesIn('src-main/pairing').join('\n')
  const pages = new Set([...english(PAGES).keys()].map((name) => name.split('.')[0]))
  expect([...pages].filter((page) => !source.includes(`'${page}'`))).toEqual([])
})

it('the trust page says every message', () => {
  const source = sourcesIn('src-main/listeners/trust').join('\n')
  const messages = english(TRUST)
  // A sentence is given all labels of its system, and says some of them.
  const isSaid = (name: string) => {
    const step = name.split('.').at(-1) ?? ''
    const system = name.split('.', 1)[0] ?? ''
    return (
      new RegExp(`\\b${step}\\b`).test(source) ||
      [...messages].some(([other, { args }]) => other.startsWith(`${system}.`) && args.has(step))
    )
  }
  expect(isSaid('ios.neverSaid')).toBe(false)
  expect([...messages.keys()].filter((name) => !isSaid(name))).toEqual([])
})

it('there is a sentence for every problem, and for nothing else', () => {
  const codes = new Set([...english(PROBLEMS).keys()].map((name) => name.split('.')[0]))
  expect(codes).toEqual(new Set([...Object.keys(PROBLEM_PARTS), 'named', 'input']))
})

it('the English messages of problems equal the core’s sentences', () => {
  const sources = sourcesIn('src-main', 'src-shared').join('\n')
  const sentences = [...english(PROBLEMS)].filter(([name, { args }]) => args.size === 0 && !SAID_OTHERWISE.has(name))
  expect(sentences.length).toBeGreaterThan(50)
  expect(sentences.filter(([, { source }]) => !sources.includes(source)).map(([name]) => name)).toEqual([])
})

/** The core makes these of pieces. */
const SAID_OTHERWISE = new Set(['input'])

it('the steps for taking Ollama’s place are those of the command line', () => {
  const messages = english(CONSOLE)
  for (const { id, text } of OPERATING_SYSTEMS.flatMap((system) => takeOverSteps(system))) {
    // The console takes the last two itself.
    if (id !== 'upstream' && id !== 'port') expect(messages.get(`takeOver.steps.${id}`)?.source).toBe(text)
  }
})

it('what a device lacks, and how to pass a firewall, is said as on the command line', () => {
  const messages = english(DEVICES)
  for (const [id, { what, next }] of Object.entries(MISSING)) {
    expect(messages.get(`lan.missing.${id}.what`)?.source).toBe(what)
    expect(messages.get(`lan.missing.${id}.next`)?.source).toBe(next)
  }
  for (const { id, text } of OPERATING_SYSTEMS.flatMap((system) => firewallSteps(system, 1))) {
    expect(messages.get(`lan.firewall.steps.${id}`)?.source).toBe(text)
  }
})
