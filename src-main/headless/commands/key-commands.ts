import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { IssuedKey, Key, KeyPatch } from '#shared/keys/key.ts'
import { DEFAULT_SCOPES } from '#shared/keys/scopes.ts'
import { isWellFormedSecret, shownPrefix } from '#shared/keys/secret.ts'
import { isUnused } from '#shared/keys/unused.ts'
import { OWNER_ID } from '#shared/people/person-id.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type CoreClient, withCore } from '../core-client.ts'
import type { GivenOptions } from '../flags/flag-kinds.ts'
import { addChangeFlags, addCreateFlags, fieldRows, readFlags } from '../flags/key-flags.ts'
import { duration } from '../flags/option-values.ts'
import { relativeTime } from '../flags/time-words.ts'
import type { CommandContext } from './command-context.ts'
import { type CommonOptions, withCommonOptions } from './common-options.ts'
import { findPerson } from './person-commands.ts'
import { printable, table } from './table.ts'

const MAY_DO = `use the scopes ${DEFAULT_SCOPES.join(' and ')}`

export function addKeyCommands(program: Command, context: CommandContext): void {
  const group = program.command('key').description('make, list and change keys')
  addCreate(group, context)
  addList(group, context)
  addHash(group, context)
  addRotate(group, context)
  addChange(group, context)
  const change = { disable: { enabled: false }, enable: { enabled: true } } as const
  for (const [verb, patch] of Object.entries(change)) {
    addVerb(group, context, verb, `${verb} a key at once`, (core, id) => core.call('PATCH /api/keys/:id', patch, id))
  }
  addVerb(group, context, 'delete', 'delete a key; its usage is kept', (core, id) =>
    core.call('DELETE /api/keys/:id', {}, id),
  )
}

function addList(group: Command, context: CommandContext): void {
  const command = group
    .command('list')
    .description('list all keys')
    .option('--unused <time>', 'only keys that nobody has used for this long, such as 90d', duration)
  withCommonOptions(command, context).action((options: ListOptions) => listKeys(options, context))
}

interface ListOptions extends CommonOptions {
  unused?: number
}

function addCreate(group: Command, context: CommandContext): void {
  const command = group
    .command('create')
    .description(`make a key and show its secret once. By default it may ${MAY_DO}, without limits`)
  addCreateFlags(command, context.now)
  withCommonOptions(command, context).action((options: CommonOptions & GivenOptions) =>
    withCore(options.dataDir, context, async (core) => {
      // An empty name makes the core ask for one.
      const { name = '', ...choices } = await withPerson(core, readFlags(options), options)
      const key = await core.call('POST /api/keys', { ...choices, name })
      await showIssued(key, 'Made the key', core, options, context)
    }),
  )
}

function addChange(group: Command, context: CommandContext): void {
  const command = group
    .command('change')
    .description('change a key; its secret and all other fields stay')
    .argument('<id>', "the key's id, or its name")
  addChangeFlags(command, context.now)
  withCommonOptions(command, context).action((id: string, options: CommonOptions & GivenOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const before = await findKey(core, id)
      const given = readFlags(options, before)
      if (Object.keys(given).length === 0) return command.error('error: add an option for each change', { exitCode: 2 })
      const patch = await withPerson(core, given, options)
      const key = await core.call('PATCH /api/keys/:id', patch, before.id)
      if (options.json === true) return context.print(JSON.stringify(key))
      context.print(`Changed the key “${printable(key.name)}”:\n`)
      context.print(
        table(
          ['FIELD', 'NOW'],
          (await rowsOf(core, patch, key)).map((cells) => cells.map(printable)),
        ),
      )
    }),
  )
}

/** Replaces the name of a person by their id. `--owner` adds a person who does not exist. */
async function withPerson(core: CoreClient, patch: KeyPatch, { owner }: GivenOptions): Promise<KeyPatch> {
  const { person: name } = patch
  if (name === undefined) return patch
  if (owner === undefined) return { ...patch, person: (await findPerson(core, name)).id }
  if (name.trim().toLowerCase() === 'none') return { ...patch, person: OWNER_ID }
  const people = await core.call('GET /api/people', {})
  const isKnown = people.some((person) => person.id === name || person.name.toLowerCase() === name.trim().toLowerCase())
  const person = isKnown ? await findPerson(core, name) : await core.call('POST /api/people', { name })
  return { ...patch, person: person.id }
}

async function rowsOf(core: CoreClient, patch: KeyPatch, key: Key): Promise<string[][]> {
  const rows = fieldRows(patch, key)
  if (patch.person === undefined) return rows
  const { name } = await findPerson(core, key.person)
  return rows.map(([field = '', value = '']) => [field, field === 'person' ? name : value])
}

function addRotate(group: Command, context: CommandContext): void {
  const command = group
    .command('rotate')
    .description('give a key a new secret; its limits and usage are kept')
    .argument('<id>', "the key's id, or its name")
    .option('--grace <time>', 'how long the old secret still works, up to 7d', duration, 0)
  withCommonOptions(command, context).action((id: string, options: CommonOptions & { grace: number }) =>
    withCore(options.dataDir, context, async (core) => {
      const found = await findKey(core, id)
      const key = await core.call('POST /api/keys/:id/rotate', { graceMs: options.grace }, found.id)
      await showIssued(key, 'New secret for the key', core, options, context)
    }),
  )
}

/** Prints a key with its secret, which is shown only this once. */
async function showIssued(
  key: IssuedKey,
  what: string,
  core: CoreClient,
  options: CommonOptions,
  context: CommandContext,
): Promise<void> {
  if (options.json === true) return context.print(JSON.stringify(key))
  const { address } = (await core.call('GET /api/state', {})).gateway
  context.print(`${what} “${printable(key.name)}”. Save the secret now. It will not be shown again.\n`)
  context.print(`  Address  ${address}`)
  context.print(`  Key      ${key.secret}\n`)
  context.print('Paste both into the app. If the app asks for an OpenAI address, add /v1 to the address.')
}

function addVerb(
  group: Command,
  context: CommandContext,
  verb: string,
  description: string,
  change: (core: CoreClient, id: string) => Promise<Key>,
): void {
  const command = group.command(verb).description(description).argument('<id>', "the key's id, or its name")
  withCommonOptions(command, context).action((id: string, options: CommonOptions) =>
    withCore(options.dataDir, context, async (core) => {
      const key = await change(core, (await findKey(core, id)).id)
      if (options.json === true) return context.print(JSON.stringify(key))
      context.print(`The key “${printable(key.name)}” is ${verb}d.`)
    }),
  )
}

export async function findKey(core: CoreClient, idOrName: string): Promise<Key> {
  const keys = await core.call('GET /api/keys', {})
  const byId = keys.find((key) => key.id === idOrName)
  if (byId !== undefined) return byId
  const named = keys.filter((key) => key.name.toLowerCase() === idOrName.trim().toLowerCase())
  if (named[0] !== undefined && named.length === 1) return named[0]
  throw named.length === 0
    ? new PersonError('no_such_key', 'No key has this id or name. List all keys with: latchkey key list')
    : new PersonError('name_not_unique', 'Several keys have this name. Use the id from: latchkey key list')
}

function listKeys(options: ListOptions, context: CommandContext): Promise<void> {
  return withCore(options.dataDir, context, async (core) => {
    const { unused } = options
    const all = await core.call('GET /api/keys', {})
    const keys = unused === undefined ? all : all.filter((key) => isUnused(key, unused, context.now()))
    if (options.json === true) return context.print(JSON.stringify(keys))
    if (keys.length === 0 && all.length > 0) return context.print('All keys have been used since then, or are newer.')
    if (keys.length === 0) return context.print('No keys yet. Make one with: latchkey key create --name NAME')
    const people = await core.call('GET /api/people', {})
    const nameOf = ({ person }: Key) => people.find(({ id }) => id === person)?.name ?? '?'
    const rows = keys.map((key) => keyRow(key, nameOf(key), context.now()))
    context.print(table(['NAME', 'ID', 'SECRET', 'PERSON', 'STATE', 'SCOPES', 'LAST USED', 'EXPIRES'], rows))
  })
}

function keyRow(key: Key, person: string, now: number): string[] {
  const expired = key.expiresAt !== null && key.expiresAt <= now
  const state = expired ? 'expired' : key.enabled ? 'on' : 'off'
  const times = [relativeTime(key.lastUsedAt, now), relativeTime(key.expiresAt, now)]
  return [printable(key.name), key.id, `${key.prefix}…`, printable(person), state, key.scopes.join(','), ...times]
}

/** Reads the secret from standard input, because other programs can see a command's arguments. */
function addHash(group: Command, context: CommandContext): void {
  group
    .command('hash')
    .description('read a secret from standard input and print its row for a file of keys (LATCHKEY_KEYS_FILE)')
    .requiredOption('--name <name>', "the key's name")
    .action(async ({ name }: { name: string }) => {
      const secret = (await text(process.stdin)).trim()
      if (!isWellFormedSecret(secret)) {
        throw new PersonError('no_such_key', 'This is not a secret of Latchkey. Make one with: latchkey key create')
      }
      const sha256 = createHash('sha256').update(secret).digest('hex')
      context.print(JSON.stringify({ name, prefix: shownPrefix(secret), sha256 }))
    })
}
