import type { origins as en } from '../en/origins.ts'

export const origins: typeof en = {
  title: 'Seiten & Erweiterungen',
  intro:
    'Webseiten und Browser-Erweiterungen, die angefragt haben. Sperrst du eine, enden ihre laufenden Anfragen sofort.',
  columns: {
    name: 'Name',
    status: 'Status',
    requests: 'Anfragen',
    lastSeen: 'Zuletzt gesehen',
    allowed: 'Erlaubt',
    actions: 'Aktionen',
  },
  empty: 'Noch niemand hat angefragt',
  emptyText: 'Wenn eine Webseite oder Erweiterung einen deiner Schlüssel benutzt, erscheint sie hier.',
  byKey: 'Hatte einen gültigen Schlüssel',
  refused: (count) => `${count} abgelehnt`,
  switchLabel: (name) => `${name} ist erlaubt`,
  rename: 'Umbenennen',
  renameTitle: 'Umbenennen',
  renameLabel: 'Name',
  renameHint: 'Leer: wie der Browser sie nennt.',
  forget: 'Vergessen',
  forgotten: (name) => `${name} wurde vergessen.`,
  blocked: (name) => `${name} ist gesperrt.`,
  add: 'Seite hinzufügen',
  addTitle: 'Seite oder Erweiterung hinzufügen',
  addLabel: 'Ihre Adresse',
  addHint: 'Zum Beispiel https://example.org oder chrome-extension://abcdefgh',
  addAllow: 'Erlauben',
  addBlock: 'Sperren',
}
