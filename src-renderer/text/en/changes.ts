import type { KeyPatch } from '#shared/keys/key.ts'
import type { Actor, AuditAction } from '#shared/records/audit.ts'
import type { SettingsPatch } from '#shared/settings/settings.ts'

const actors: Record<Actor, string> = {
  console: 'This window',
  tray: 'Tray menu',
  'command line': 'Command line',
  pairing: 'Letting an app in',
}

/** `name` is what the person calls the thing; empty where there is none. */
const actions: Record<AuditAction, (name: string) => string> = {
  'key.create': (name) => `Key “${name}” made`,
  'key.change': (name) => `Key “${name}” changed`,
  'key.delete': (name) => `Key “${name}” deleted`,
  'key.restore': (name) => `Key “${name}” brought back`,
  'key.rotate': (name) => `Key “${name}” replaced`,
  'origin.allow': (name) => `${name} allowed`,
  'origin.block': (name) => `${name} blocked`,
  'origin.label': (name) => `${name} renamed`,
  'origin.forget': (name) => `${name} forgotten`,
  'settings.change': () => 'Settings changed',
  'credential.change': () => 'Ollama’s own key changed',
  'backup.create': () => 'Backup made',
  'backup.restore': () => 'Backup restored',
  'setup.export': () => 'File for another computer saved',
  'setup.import': () => 'File from another computer brought in',
  forget: () => 'Usage deleted for good',
}

type Field = keyof KeyPatch | keyof SettingsPatch | 'loginItem' | 'key' | 'origin' | 'all'

const fields: Record<Field, string> = {
  name: 'name',
  scopes: 'permissions',
  endpoints: 'parts of the API',
  models: 'models',
  origins: 'sites',
  expiresAt: 'end date',
  requestsPerMinute: 'requests per minute',
  tokensPerDay: 'tokens per day',
  concurrency: 'requests at the same time',
  allowInUrl: 'key in addresses',
  online: 'cloud models and web search',
  owner: 'person',
  enabled: 'on or off',
  upstream: 'where Ollama is',
  upstreamCertificate: 'certificate to trust for Ollama',
  gatewayPort: 'port',
  consolePort: 'port of this window',
  unknownOrigins: 'new sites and extensions',
  extraHosts: 'other names of this computer',
  lan: 'other devices in the network',
  cookieCarrier: 'key from a cookie',
  paused: 'pause',
  retentionDays: 'how long requests are kept',
  originsInMetrics: 'sites in the figures for monitors',
  lookForUpdates: 'looking for updates once a day',
  theme: 'colours',
  language: 'language',
  cloudPrice: 'cloud price to compare with',
  loginItem: 'start at login',
  key: 'of one key',
  origin: 'of one site',
  all: 'all of it',
}

export const changes = {
  title: 'What was changed',
  text: 'Every change of the last year, newest first.',
  none: 'Nothing changed yet',
  noneText: 'When a key is made or a setting changes, it is noted here.',
  columns: { when: 'When', what: 'What', where: 'Where' },
  search: 'Search the changes',
  notFound: (search: string) => `No change matches “${search}”.`,
  older: 'Show older ones',
  actors,
  actions,
  fields,
}
