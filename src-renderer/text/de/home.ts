import { plural } from '#shared/text/plural.ts'
import type { home as en } from '../en/home.ts'

export const home: typeof en = {
  title: 'Start',
  running: 'Latchkey läuft',
  runningText: 'Apps mit einem Schlüssel erreichen die KI auf diesem Computer.',
  paused: 'Latchkey ist pausiert',
  pausedText: 'Keine App erreicht Ollama, bis du fortsetzt.',
  pausedUntilText: (time) => `Keine App erreicht Ollama bis ${time}, oder bis du fortsetzt.`,
  stopped: 'Latchkey ist für Apps nicht erreichbar',
  unreachable: 'Ollama antwortet nicht',
  resume: 'Fortsetzen',
  checkAgain: 'Noch einmal versuchen',
  addressLabel: 'Adresse für deine Apps',
  addressHint: 'Füge sie in einer App ein, zusammen mit einem Schlüssel.',
  lanAddress: 'Für andere Geräte:',
  connect: 'App verbinden',
  upstream: 'Ollama',
  upstreamSample: 'Eingebautes Beispiel',
  versionAndModels: (version, models) =>
    `${version === null ? '' : `Version ${version} · `}${plural(models, 'Modell', 'Modelle')}`,
  requestsToday: 'Anfragen heute',
  tokensToday: 'Tokens heute',
  refusedToday: 'Abgelehnt heute',
  keys: 'Schlüssel',
  waitingTitle: 'Wartet auf dich',
  waitingText: 'Diese möchten mit einem deiner Schlüssel die KI auf diesem Computer nutzen. Hereinlassen?',
  moreWaiting: (count, shown) => (count === 1 ? '1 weitere zeigen' : `${shown} weitere zeigen`),
  searchWaiting: 'Wartende durchsuchen',
  noneWaitFound: (search) => `Keine der Wartenden passt zu „${search}“.`,
  allow: 'Erlauben',
  block: 'Sperren',
  onlineTitle: {
    model: (name) => `„${name}“ möchte ein Modell benutzen, das in Ollamas Cloud läuft`,
    web: (name) => `„${name}“ möchte, dass Ollama im Web sucht`,
  },
  onlineText:
    'Wenn du es erlaubst, verlassen Fragen diesen Computer. Diesmal wurde die Anfrage abgelehnt: Versuch es danach in der App noch einmal.',
  keepHere: 'Nein, hier behalten',
  latest: 'Letzte Anfragen',
  noneYet: 'Noch keine Anfragen',
  noneYetText: 'Sobald eine App einen deiner Schlüssel benutzt, siehst du es hier.',
  columns: { when: 'Wann', who: 'Schlüssel', model: 'Modell', tokens: 'Tokens', result: 'Ergebnis' },
  allRequests: 'Alle Anfragen ansehen',
  someTokensUnknown: (count) =>
    plural(count, 'Antwort hat ihre Tokens nicht genannt', 'Antworten haben ihre Tokens nicht genannt'),
}
