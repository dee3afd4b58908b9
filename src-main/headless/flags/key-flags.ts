import type { Command } from 'commander'
import { type Key, type KeyPatch, newKeySchema } from '#shared/keys/key.ts'
import { KEY_FIELD_NAMES, type KeyFieldName } from '#shared/keys/key-fields.ts'
import { SCOPES } from '#shared/keys/scopes.ts'
import {
  clearableFlag,
  closedListFlag,
  type FieldFlag,
  type GivenOptions,
  openListFlag,
  switchFlag,
  valueFlag,
} from './flag-kinds.ts'
import { expiry, limit, list, scopes } from './option-values.ts'

const LIMIT = { word: 'none', parse: limit }

type KeyFields = Pick<Key, KeyFieldName>

/** A field of the schema that has no row here does not compile: what the console can set, the command line can. */
const KEY_FLAGS: { readonly [F in KeyFieldName]: FieldFlag<KeyFields[F]> } = {
  name: valueFlag('--name <name>', 'what the key is for, such as "Page Assist"', (text) => text),
  scopes: closedListFlag({
    name: 'scopes',
    one: 'scope',
    description: `what it may do: ${SCOPES.join(', ')}`,
    parse: scopes,
  }),
  models: openListFlag({
    name: 'models',
    one: 'model',
    description: 'models it may use, * as wildcard',
    parse: list,
  }),
  origins: openListFlag({
    name: 'origins',
    one: 'site',
    description: 'sites that may use it',
    parse: list,
  }),
  endpoints: openListFlag({
    name: 'endpoints',
    one: 'endpoint',
    description: 'paths it may call, such as /api/chat,/v1/*',
    parse: list,
  }),
  expiresAt: clearableFlag(
    '--expires <time>',
    'when it stops: in 12h, 30d or 4w, at the beginning of a day such as 2027-01-31',
    {
      word: 'never',
      parse: expiry,
    },
  ),
  requestsPerMinute: clearableFlag('--rpm, --requests-per-minute <number>', 'requests per minute', LIMIT),
  tokensPerDay: clearableFlag('--tokens-per-day <number>', 'tokens per day', LIMIT),
  concurrency: clearableFlag('--concurrency <number>', 'requests at the same time', LIMIT),
  allowInUrl: switchFlag(
    ['--allow-in-url', 'let the secret stand in an address, for apps without a key field'],
    ['--no-allow-in-url', 'accept the secret in headers only'],
  ),
  online: switchFlag(
    ['--online', 'let it use cloud models and web search, by which questions leave this computer'],
    ['--no-online', 'keep what it asks on this computer'],
  ),
  owner: clearableFlag('--owner <name>', 'the person who uses it', { word: 'none', parse: (text) => text }),
  enabled: switchFlag(
    ['--enabled', 'switch it on, as `key enable` does'],
    ['--no-enabled', 'switch it off, as `key disable` does'],
  ),
}

/** Adds the options of everything that a new key can be given. */
export function addCreateFlags(command: Command, now: () => number): void {
  for (const field of KEY_FIELD_NAMES.filter((field) => Object.hasOwn(newKeySchema.shape, field))) {
    for (const option of KEY_FLAGS[field].options(now)) {
      command.addOption(option.makeOptionMandatory(field === 'name'))
    }
  }
}

/** Adds the options of everything that can be changed about a key. */
export function addChangeFlags(command: Command, now: () => number): void {
  for (const field of KEY_FIELD_NAMES) {
    const { options, changeOptions = () => [] } = KEY_FLAGS[field]
    for (const option of [...options(now), ...changeOptions()]) command.addOption(option)
  }
}

/** What the options say, and nothing about other fields. Throws a PersonError for what the key's lists do not allow. */
export function readFlags(given: GivenOptions, before?: Key): KeyPatch {
  return Object.fromEntries(
    KEY_FIELD_NAMES.map((field) => [field, valueOf(field, given, before)]).filter(([, value]) => value !== undefined),
  ) as KeyPatch
}

function valueOf<F extends KeyFieldName>(
  field: F,
  given: GivenOptions,
  before: Key | undefined,
): KeyFields[F] | undefined {
  return KEY_FLAGS[field].read(given, before?.[field])
}

/** The fields of a patch as they are now, in words: a row each. */
export function fieldRows(patch: KeyPatch, key: Key): string[][] {
  return KEY_FIELD_NAMES.filter((field) => field in patch).map((field) => [
    field,
    inWords(key[field], KEY_FLAGS[field].none),
  ])
}

function inWords(value: Key[KeyFieldName], none = 'none'): string {
  if (value === null) return none
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? value.join(', ') : String(value)
}
