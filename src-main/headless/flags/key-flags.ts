import { type Command, Option } from 'commander'
import { type Key, type KeyPatch, newKeySchema } from '#shared/keys/key.ts'
import { KEY_FIELD_NAMES, type KeyFieldName } from '#shared/keys/key-fields.ts'
import { LINK_APP_IDS } from '#shared/keys/link-apps.ts'
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
import { expiry, limit, linkApp, list, scopes } from './option-values.ts'

const LIMIT = { word: 'none', parse: limit }

type KeyFields = Pick<Key, KeyFieldName>

/**
 * One row per key field; a missing row does not compile. So the command line can set every field that the console can
 * set.
 */
export const KEY_FLAGS: { readonly [F in KeyFieldName]: FieldFlag<KeyFields[F]> } = {
  name: valueFlag('--name <name>', 'what the key is for, such as "Page Assist"', (text) => text),
  scopes: closedListFlag({
    name: 'scopes',
    one: 'scope',
    description: `permissions: ${SCOPES.join(', ')}`,
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
    'expiry: in 12h, 30d or 4w, or at the beginning of a day such as 2027-01-31',
    {
      word: 'never',
      parse: expiry,
    },
  ),
  requestsPerMinute: clearableFlag('--rpm, --requests-per-minute <number>', 'requests per minute', LIMIT),
  tokensPerDay: clearableFlag('--tokens-per-day <number>', 'tokens per day', LIMIT),
  concurrency: clearableFlag('--concurrency <number>', 'requests at the same time', LIMIT),
  allowInUrl: switchFlag(
    ['--allow-in-url', 'accept the secret in an address, for apps without a key field'],
    ['--no-allow-in-url', 'accept the secret in headers only'],
  ),
  online: switchFlag(
    ['--online', 'allow cloud models and web search, which send questions to other computers'],
    ['--no-online', 'keep all requests on this computer'],
  ),
  app: clearableFlag('--app <app>', `the only app that may use it: ${LINK_APP_IDS.join(', ')}`, {
    word: 'any',
    parse: linkApp,
  }),
  /** Reads a name or an id; the command finds the person. */
  person: {
    options: () => [
      new Option('--person <person>', 'the name or id of the person who uses it; me is the owner').conflicts('owner'),
      new Option('--owner <name>', 'like --person, but adds a person who does not exist; none is the owner'),
    ],
    read: ({ person, owner }) => (person ?? owner) as string | undefined,
  },
  enabled: switchFlag(
    ['--enabled', 'switch it on, as `key enable` does'],
    ['--no-enabled', 'switch it off, as `key disable` does'],
  ),
}

/** Adds the options for a new key. */
export function addCreateFlags(command: Command, now: () => number): void {
  for (const field of KEY_FIELD_NAMES.filter((field) => Object.hasOwn(newKeySchema.shape, field))) {
    for (const option of KEY_FLAGS[field].options(now)) {
      command.addOption(option.makeOptionMandatory(field === 'name'))
    }
  }
}

/** Adds the options for changing a key. */
export function addChangeFlags(command: Command, now: () => number): void {
  for (const field of KEY_FIELD_NAMES) {
    const { options, changeOptions = () => [] } = KEY_FLAGS[field]
    for (const option of [...options(now), ...changeOptions()]) command.addOption(option)
  }
}

/**
 * The patch from the given options; other fields are absent. Throws a PersonError if a change does not fit the key's
 * lists.
 */
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

/** One row for each field of a patch, with its current value in words. */
export function fieldRows(patch: KeyPatch, key: Key): string[][] {
  return KEY_FIELD_NAMES.filter((field) => field in patch).map((field) => [
    field,
    formatValue(key[field], KEY_FLAGS[field].none),
  ])
}

function formatValue(value: Key[KeyFieldName], none = 'none'): string {
  if (value === null) return none
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? value.join(', ') : String(value)
}
