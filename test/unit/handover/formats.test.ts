import fc from 'fast-check'
import { parse as parseToml, stringify as writeToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml, stringify as writeYaml } from 'yaml'
import { type Edit, type Json, withEdits } from '../../../src-main/handover/edits.ts'
import type { Format } from '../../../src-main/handover/formats/format.ts'
import { JSONC } from '../../../src-main/handover/formats/jsonc.ts'
import { TOML } from '../../../src-main/handover/formats/toml.ts'
import { YAML } from '../../../src-main/handover/formats/yaml.ts'
import { newText } from '../../../src-main/handover/plan-text.ts'

/*
 * Whatever a person has in a file: what another parser reads after the edits is what was there, with the edits. JSON and
 * TOML are read by parsers that the writers do not use.
 */

interface Case {
  readonly format: Format
  readonly write: (value: { [name: string]: Json }) => string
  /** A parser that knows nothing of the writer. */
  readonly read: (text: string) => unknown
  readonly comment: string
  /** TOML has no null. */
  readonly hasNull: boolean
}

const CASES: Record<string, Case> = {
  jsonc: {
    format: JSONC,
    write: (value) => JSON.stringify(value, undefined, 2),
    read: (text) => JSON.parse(text.replaceAll(/^ *\/\/.*$/gm, '')) as unknown,
    comment: '//',
    hasNull: true,
  },
  yaml: {
    format: YAML,
    write: (value) => writeYaml(value),
    read: (text) => parseYaml(text) as unknown,
    comment: '#',
    hasNull: true,
  },
  toml: {
    format: TOML,
    write: (value) => writeToml(value),
    read: (text) => parseToml(text),
    comment: '#',
    hasNull: false,
  },
}

const name = fc.oneof(
  fc.constantFrom('model', 'provider', 'env', 'models', 'a b', 'x.y', 'Größe'),
  fc.stringMatching(/^[a-z][a-z0-9_-]{0,6}$/),
)
const text = fc.oneof(
  fc.constantFrom(
    '',
    'yes',
    '1e3',
    '# no comment',
    '[section]',
    '"quoted"',
    "it's",
    'a: b',
    'two\nlines\n',
    '{x}',
    '𝄞',
  ),
  fc.stringMatching(/^[ -~]{0,12}$/),
)

function content(hasNull: boolean): fc.Arbitrary<{ [name: string]: Json }> {
  const scalar = fc.oneof(
    text,
    fc.integer({ min: -1e9, max: 1e9 }),
    fc.boolean(),
    ...(hasNull ? [fc.constant(null)] : []),
  )
  const { object } = fc.letrec<{ value: Json; object: { [name: string]: Json } }>((tie) => ({
    // In TOML an array of tables is a section of its own.
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      fc.array(scalar, { maxLength: 3 }),
      tie('object'),
    ),
    object: fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  }))
  return object
}

const ROW = { name: 'Latchkey', base_url: 'http://localhost:11500/v1', key: 'sk-lk-x', n: 1, on: false }
const EDITS: readonly Edit[] = [
  { kind: 'set', path: ['model'], value: 'latchkey/llama3.2:latest' },
  { kind: 'ensure', path: ['schema'], value: 'v1' },
  { kind: 'set', path: ['provider', 'latchkey'], value: ROW },
  { kind: 'remove', path: ['env', 'OLD'] },
]
const ENTRIES: Edit = {
  kind: 'entries',
  path: ['models'],
  own: { field: 'name', prefix: 'Latchkey ' },
  values: [
    { name: 'Latchkey a', roles: ['chat'] },
    { name: 'Latchkey b', roles: [] },
  ],
}

describe.each(Object.entries(CASES))('%s', (_, { format, write, read, comment, hasNull }) => {
  const edits = format === TOML ? EDITS : [...EDITS, ENTRIES]
  const fitting = content(hasNull).filter((value) => newText(write(value), edits, format).kind === 'text')

  it('reads after the edits as before, with the edits', () => {
    fc.assert(
      fc.property(fitting, fc.constantFrom('\n', '\r\n'), (value, eol) => {
        const old = write(value).replaceAll('\n', eol)
        const result = newText(old, edits, format)
        expect(result.kind === 'text' && read(result.text)).toEqual(withEdits(read(old), edits))
      }),
      { numRuns: 100 },
    )
  })

  it('comes to the same when it is done twice', () => {
    fc.assert(
      fc.property(fitting, (value) => {
        const once = newText(write(value), edits, format)
        const twice = once.kind === 'text' ? newText(once.text, edits, format) : once
        expect(twice.kind === 'text' && read(twice.text)).toEqual(once.kind === 'text' && read(once.text))
      }),
      { numRuns: 50 },
    )
  })

  it('keeps every comment on its own line', () => {
    fc.assert(
      fc.property(fitting, (value) => {
        // Between the first keys, where no value can span lines.
        const lines = write(value).trimEnd().split('\n')
        const at = lines.findIndex((line) => /^ {0,2}\S/.test(line))
        const old = [...lines.slice(0, at), `${comment} mine`, ...lines.slice(at), `${comment} the end`, ''].join('\n')
        const result = newText(old, edits, format)
        expect(result.kind === 'text' && result.text).toContain(`${comment} mine`)
        expect(result.kind === 'text' && result.text).toContain(`${comment} the end`)
      }),
      { numRuns: 50 },
    )
  })

  it('most files take the edits', () => {
    const refused = fc
      .sample(content(hasNull), 100)
      .filter((value) => newText(write(value), edits, format).kind !== 'text')
    // Each refused one has something else where an edit goes.
    const clashing = ['model', 'provider', 'env', 'models']
    expect(refused.filter((value) => !clashing.some((one) => Object.hasOwn(value, one)))).toEqual([])
  })
})
