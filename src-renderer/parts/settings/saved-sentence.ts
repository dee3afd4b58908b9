import type { Settings } from '#shared/settings/settings.ts'
import { text } from '../../text/text.ts'

/** Sentences about the new state, for settings that are saved one by one. */
const SAVED = {
  paused: (paused: Settings['paused']) => (paused === false ? text.saved.paused.off : text.saved.paused.on),
  theme: (theme: Settings['theme']) => text.saved.theme[theme],
  unknownOrigins: (policy: Settings['unknownOrigins']) => text.saved.unknownOrigins[policy],
  upstream: (url: Settings['upstream']) => (url === null ? text.saved.upstream.usual : text.saved.upstream.at({ url })),
  upstreamCertificate: (pem: Settings['upstreamCertificate']) =>
    text.saved.upstreamCertificate[pem === null ? 'off' : 'on'],
  gatewayPort: (port: Settings['gatewayPort']) => text.saved.gatewayPort({ port }),
  extraHosts: (hosts: Settings['extraHosts']) =>
    hosts.length === 0 ? text.saved.extraHosts.none : text.saved.extraHosts.some({ hosts: hosts.join(', ') }),
  retentionDays: (days: Settings['retentionDays']) => text.saved.retentionDays({ days }),
  databaseGraceMinutes: (minutes: Settings['databaseGraceMinutes']) => text.saved.databaseGraceMinutes({ minutes }),
  cookieCarrier: (on: Settings['cookieCarrier']) => text.saved.cookieCarrier[on ? 'on' : 'off'],
  pairing: (on: Settings['pairing']) => text.saved.pairing[on ? 'on' : 'off'],
  lookForUpdates: (on: Settings['lookForUpdates']) => text.saved.lookForUpdates[on ? 'on' : 'off'],
  lanTls: (mode: Settings['lanTls']) => text.saved.lanTls[mode],
  lanCertificateFile: (path: Settings['lanCertificateFile']) => fileSentence(path, text.saved.lanCertificateFile),
  lanKeyFile: (path: Settings['lanKeyFile']) => fileSentence(path, text.saved.lanKeyFile),
  discovery: (on: Settings['discovery']) => text.saved.discovery[on ? 'on' : 'off'],
  lan: (lan: Settings['lan']) => {
    if (lan === 'all') return text.saved.lan.all
    return lan.length === 0 ? text.saved.lan.none : text.saved.lan.some({ addresses: lan.join(', ') })
  },
}

interface FileTexts {
  readonly none: string
  readonly at: (parts: { path: string }) => string
}

function fileSentence(path: string | null, texts: FileTexts): string {
  return path === null ? texts.none : texts.at({ path })
}

export type SavedField = keyof typeof SAVED

export function savedSentence<F extends SavedField>(field: F, value: Settings[F]): string {
  const sentences: { readonly [K in SavedField]: (value: Settings[K]) => string } = SAVED
  return sentences[field](value)
}
