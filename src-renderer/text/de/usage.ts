import type { usage as en } from '../en/usage.ts'

export const usage: typeof en = {
  title: 'Nutzung',
  intro: 'Was deine Apps gefragt haben. Die Fragen und Antworten selbst werden nie aufbewahrt.',
  periodLabel: 'Zeitraum',
  dimensionLabel: 'Gruppiert',
  periods: { day: '24 Stunden', week: 'Woche', month: 'Monat', all: 'Insgesamt' },
  dimensions: {
    model: 'Modell',
    key: 'Schlüssel',
    origin: 'Seite',
    route: 'Aufgabe',
    owner: 'Person',
  },
  dimensionNames: {
    model: 'Modell',
    key: 'Schlüssel',
    origin: 'Seite oder Erweiterung',
    route: 'Aufgabe',
    owner: 'Person',
  },
  requests: 'Anfragen',
  prompt: 'Tokens hinein',
  completion: 'Tokens heraus',
  total: 'Tokens',
  refused: 'Abgelehnt',
  unmetered: 'Tokens unbekannt',
  unmeteredText: (count, shown) =>
    count === 1
      ? '1 Antwort hat nicht gesagt, wie viele Tokens sie brauchte. Sie zählt als Anfrage, nicht als null Tokens.'
      : `${shown} Antworten haben nicht gesagt, wie viele Tokens sie brauchten. Sie zählen als Anfragen, nicht als null Tokens.`,
  chartTitle: 'Tokens im Verlauf',
  chartTitleRequests: 'Anfragen im Verlauf',
  chartDescription: 'Die Tabelle darunter enthält dieselben Zahlen.',
  tableTitle: 'In Zahlen',
  other: 'Übrige',
  empty: 'Noch nichts genutzt',
  emptyText: 'Sobald eine App ihre erste Frage stellt, erscheinen hier die Zahlen.',
  none: 'Nichts in diesem Zeitraum',
  timeZone: (zone) => `Tage wie in ${zone}`,
}
