import { plural } from '#shared/text/plural.ts'
import type { saved as en } from '../en/saved.ts'

const themes = {
  auto: 'Die Farben sind wie auf diesem Computer.',
  light: 'Die Farben sind hell.',
  dark: 'Die Farben sind dunkel.',
}

const strangers = {
  key: 'Neue Seiten und Erweiterungen kommen mit einem Schlüssel herein.',
  ask: 'Neue Seiten und Erweiterungen warten, bis du sie erlaubst.',
  block: 'Neue Seiten und Erweiterungen bleiben draußen.',
}

export const saved: typeof en = {
  paused: (paused) => (paused === false ? 'Apps erreichen Ollama wieder.' : 'Pausiert: Keine App erreicht Ollama.'),
  theme: (theme) => themes[theme],
  unknownOrigins: (policy) => strangers[policy],
  upstream: (url) => (url === null ? 'Latchkey sucht Ollama am üblichen Ort.' : `Latchkey sucht Ollama unter ${url}.`),
  upstreamCertificate: (pem) =>
    pem === null
      ? 'Latchkey vertraut für Ollama keinem eigenen Zertifikat mehr.'
      : 'Latchkey vertraut diesem Zertifikat für Ollama.',
  gatewayPort: (port) => `Apps erreichen Latchkey jetzt an Port ${port}.`,
  extraHosts: (hosts) =>
    hosts.length === 0
      ? 'Dieser Computer hat keinen anderen Namen.'
      : `Apps dürfen diesen Computer auch ${hosts.join(', ')} nennen.`,
  retentionDays: (days) => `Einzelne Anfragen werden ${plural(days, 'Tag', 'Tage')} lang aufbewahrt.`,
  cookieCarrier: (on) =>
    on ? 'Ein Schlüssel darf aus dem Cookie „token“ kommen.' : 'Kein Schlüssel darf aus einem Cookie kommen.',
  lookForUpdates: (on) =>
    on
      ? 'Latchkey sucht einmal am Tag nach Aktualisierungen.'
      : 'Latchkey sucht nur nach Aktualisierungen, wenn du es sagst.',
  lan: (lan) => {
    if (lan === 'all') return 'Alle Geräte in deinem Netz dürfen mit einem Schlüssel herein.'
    return lan.length === 0
      ? 'Nur dieser Computer erreicht Latchkey.'
      : `Andere Geräte dürfen mit einem Schlüssel herein, über ${lan.join(', ')}.`
  },
}
