import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type IssuedKey, type Key, keyPatchSchema } from '#shared/keys/key.ts'
import { type CommandResult, type Serve, startServe } from '../support/serve.ts'
import { createTempDir, type TempDir } from '../support/temp-dir.ts'
import { jsonHere, runHere } from './run-here.ts'

/** Every field of a key with its flags and what they make of it. */
const EVERYTHING = {
  name: { flags: ['--name', 'All of it'], value: 'All of it' },
  scopes: { flags: ['--scopes', 'chat,manage'], value: ['chat', 'manage'] },
  models: { flags: ['--models', 'llama3, qwen*'], value: ['llama3', 'qwen*'] },
  origins: { flags: ['--origins', 'https://Notes.example/'], value: ['https://notes.example'] },
  endpoints: { flags: ['--endpoints', '/api/chat,/v1/*'], value: ['/api/chat', '/v1/*'] },
  expiresAt: { flags: ['--expires', '2099-01-31'], value: new Date(2099, 0, 31).getTime() },
  requestsPerMinute: { flags: ['--requests-per-minute', '7'], value: 7 },
  tokensPerDay: { flags: ['--tokens-per-day', '1000'], value: 1000 },
  concurrency: { flags: ['--concurrency', '3'], value: 3 },
  allowInUrl: { flags: ['--allow-in-url'], value: true },
  online: { flags: ['--online'], value: true },
  app: { flags: ['--app', 'chatbox'], value: 'chatbox' },
  person: { flags: ['--owner', 'Anna'], value: expect.stringMatching(/^person_[0-9a-f]{12}$/) as string },
  enabled: { flags: ['--no-enabled'], value: false },
} as const

const FIELDS = Object.entries(EVERYTHING)
const EXPECTED = Object.fromEntries(FIELDS.map(([field, { value }]) => [field, value]))
const CLEARED = [
  ['--models', 'any', 'models'],
  ['--origins', 'any', 'origins'],
  ['--endpoints', 'Any', 'endpoints'],
  ['--expires', 'never', 'expiresAt'],
  ['--rpm', 'none', 'requestsPerMinute'],
  ['--tokens-per-day', 'none', 'tokensPerDay'],
  ['--concurrency', 'none', 'concurrency'],
  ['--app', 'any', 'app'],
] as const

let serve: Serve
let empty: TempDir

beforeAll(async () => {
  empty = await createTempDir()
  serve = await startServe()
})
afterAll(async () => {
  await serve?.stop()
  await empty?.remove()
})

describe.each(['beside a running Latchkey', 'alone'])('%s', (where) => {
  const dir = () => (where === 'alone' ? empty.path : serve.dataDir)
  const create = (...flags: string[]) => jsonHere<IssuedKey>(dir(), 'key', 'create', '--name', 'One', ...flags)
  const change = (id: string, ...flags: string[]) => jsonHere<Key>(dir(), 'key', 'change', id, ...flags)

  it('a new key takes everything that can be chosen for it', async () => {
    const { enabled: _, ...choices } = EVERYTHING
    const flags = Object.values(choices).flatMap(({ flags }) => [...flags])
    const { enabled: __, ...expected } = EXPECTED
    expect(await jsonHere<IssuedKey>(dir(), 'key', 'create', ...flags)).toMatchObject(expected)
  })

  it('a change takes every field of a key, and leaves the others and the secret alone', async () => {
    expect(Object.keys(EVERYTHING).sort()).toEqual(Object.keys(keyPatchSchema.shape).sort())
    const { secret: _, ...made } = await create()
    for (const [field, { flags, value }] of FIELDS) {
      const changed = await change(made.id, ...flags)
      expect(changed).toMatchObject({ ...made, [field]: value })
      Object.assign(made, { [field]: value })
    }
  })

  it('a word takes a limit away', async () => {
    const { enabled: _, name: __, ...choices } = EVERYTHING
    const key = await create(...Object.values(choices).flatMap(({ flags }) => [...flags]))
    for (const [flag, word, field] of CLEARED) expect(await change(key.id, flag, word)).toMatchObject({ [field]: null })
    expect(await change(key.id, '--no-allow-in-url')).toMatchObject({ allowInUrl: false })
    expect(await change(key.id, '--no-online')).toMatchObject({ online: false })
  })

  it('entries are added to a list and taken off it', async () => {
    const key = await create('--models', 'llama3', '--models', 'qwen*,gemma3')
    expect(key.models).toEqual(['llama3', 'qwen*', 'gemma3'])
    const changed = await change(key.id, '--add-models', 'mistral,llama3', '--remove-models', 'gemma3')
    expect(changed.models).toEqual(['llama3', 'qwen*', 'mistral'])
    expect((await change(key.id, '--add-scopes', 'usage')).scopes).toEqual(['chat', 'models', 'usage'])
    expect((await change(key.id, '--remove-scopes', 'models,usage')).scopes).toEqual(['chat'])
  })
})

describe('a change that cannot be meant ends with a sentence, and changes nothing', () => {
  let key: IssuedKey

  beforeAll(async () => {
    key = await jsonHere<IssuedKey>(serve.dataDir, 'key', 'create', '--name', 'Kept', '--models', 'llama3')
  })

  it.each([
    [1, 'list_open', ['--add-origins', 'https://a.example'], /^The key has no list of origins and .*--origins\.$/],
    [1, 'not in list', ['--remove-models', 'qwen'], /^“qwen” is not on the key's list\. The list has: llama3$/],
    [1, 'the last one', ['--remove-models', 'llama3'], /^The list needs at least one model\./],
    [1, 'the last scope', ['--remove-scopes', 'chat,models'], /^The list needs at least one scope\./],
    [1, 'no site', ['--origins', 'nonsense'], /is not a site/],
    [1, 'no endpoint', ['--endpoints', 'api/chat'], /An endpoint must begin with/],
    [1, 'no name', ['--name', ' '], /^Give the key a name\.$/],
    [1, 'too many at once', ['--concurrency', '10001'], /must be at most 10000/],
    [2, 'both ways', ['--models', 'qwen', '--add-models', 'x'], /cannot be used with option/],
    [2, 'nothing', [], /add an option for each change/],
    [2, 'no number', ['--tokens-per-day', '0'], /whole number of at least 1, or none/],
    [2, 'past', ['--expires', '2020-01-01'], /a future time/],
    [2, 'no list', ['--models', ' , '], /at least one value/],
    [2, 'no scope', ['--add-scopes', 'everything'], /Scopes are chat/],
  ])('%i: %s', async (code, _, flags, sentence) => {
    const result: CommandResult = await runHere(serve.dataDir, 'key', 'change', key.id, ...flags)
    expect(result).toMatchObject({ code, stdout: '' })
    expect(result.stderr.split('\n')[0]).toMatch(sentence)
    const keys = await jsonHere<Key[]>(serve.dataDir, 'key', 'list')
    const { secret: __, ...before } = key
    expect(keys.find(({ id }) => id === key.id)).toEqual(before)
  })
})

it('a change tells people what is so now, by the name of the key', async () => {
  await runHere(serve.dataDir, 'key', 'create', '--name', 'In words')
  const { stdout } = await runHere(serve.dataDir, 'key', 'change', 'in WORDS', '--models', 'a,b', '--rpm', 'none')
  expect(stdout).toBe(
    'Changed the key “In words”:\n\nFIELD              NOW\nmodels             a, b\nrequestsPerMinute  none\n',
  )
})

it('a narrower key ends at once what it no longer may', async () => {
  const key = await serve.createKey({ name: 'Narrowed' })
  const ask = () => fetch(`${serve.gateway}/api/tags`, { headers: { Authorization: `Bearer ${key.secret}` } })
  expect((await ask()).status).toBe(200)
  await jsonHere(serve.dataDir, 'key', 'change', key.id, '--scopes', 'chat')
  expect((await ask()).status).toBe(403)
})
