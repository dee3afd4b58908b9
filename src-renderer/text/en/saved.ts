import type { Settings } from '#shared/settings/settings.ts'
import { plural } from '#shared/text/plural.ts'

const themes: Record<Settings['theme'], string> = {
  auto: 'The colours are those of this computer.',
  light: 'The colours are light.',
  dark: 'The colours are dark.',
}

const strangers: Record<Settings['unknownOrigins'], string> = {
  key: 'New sites and extensions come in with a key.',
  ask: 'New sites and extensions wait until you allow them.',
  block: 'New sites and extensions are kept out.',
}

/** The settings that a page saves one by one. */
export type SavedField =
  | 'paused'
  | 'theme'
  | 'unknownOrigins'
  | 'upstream'
  | 'upstreamCertificate'
  | 'gatewayPort'
  | 'extraHosts'
  | 'retentionDays'
  | 'cookieCarrier'
  | 'lan'
  | 'lookForUpdates'

/** What is so once a setting has been saved. */
export const saved: { [F in SavedField]: (value: Settings[F]) => string } = {
  paused: (paused) => (paused === false ? 'Apps reach Ollama again.' : 'Paused: no app reaches Ollama.'),
  theme: (theme) => themes[theme],
  unknownOrigins: (policy) => strangers[policy],
  upstream: (url) =>
    url === null ? 'Latchkey looks for Ollama in the usual place.' : `Latchkey looks for Ollama at ${url}.`,
  upstreamCertificate: (pem) =>
    pem === null
      ? 'Latchkey no longer trusts a certificate of your own for Ollama.'
      : 'Latchkey trusts this certificate for Ollama.',
  gatewayPort: (port) => `Apps now reach Latchkey on port ${port}.`,
  extraHosts: (hosts) =>
    hosts.length === 0
      ? 'This computer goes by no other name.'
      : `Apps may also call this computer ${hosts.join(', ')}.`,
  retentionDays: (days) => `Individual requests are kept for ${plural(days, 'day')}.`,
  cookieCarrier: (on) => (on ? 'A key may come from the cookie “token”.' : 'No key may come from a cookie.'),
  lookForUpdates: (on) =>
    on ? 'Latchkey looks for updates once a day.' : 'Latchkey looks for updates only when you say so.',
  lan: (lan) => {
    if (lan === 'all') return 'All devices in your network may come in with a key.'
    return lan.length === 0
      ? 'Only this computer reaches Latchkey.'
      : `Other devices may come in with a key, through ${lan.join(', ')}.`
  },
}
