import { plural } from '#shared/text/plural.ts'
import type { origins as en } from '../en/origins.ts'

export const origins: typeof en = {
  title: 'Seiten & Erweiterungen',
  intro:
    'Webseiten und Browser-Erweiterungen, die angefragt haben. Sperrst du eine, enden ihre laufenden Anfragen sofort.',
  columns: {
    name: 'Name',
    status: 'Status',
    used: 'In 30 Tagen',
    lastSeen: 'Zuletzt gesehen',
    allowed: 'Erlaubt',
    actions: 'Aktionen',
  },
  empty: 'Noch keine Seite oder Erweiterung',
  emptyText: 'Wenn eine Webseite oder Erweiterung einen deiner Schlüssel benutzt, erscheint sie hier.',
  search: 'Seiten und Erweiterungen suchen',
  filterLabel: 'Welche zu sehen sind',
  filters: {
    all: (count) => `Alle ${count}`,
    allowed: (count) => `Erlaubt ${count}`,
    blocked: (count) => `Gesperrt ${count}`,
  },
  notFound: 'Keine passt.',
  tokens: (count, shown) => plural(count, 'Token', 'Tokens', shown),
  requests: (count, shown) => plural(count, 'Anfrage', 'Anfragen', shown),
  byKey: 'mit Schlüssel',
  refused: (count) => `${count} abgelehnt`,
  switchLabel: (name) => `${name} ist erlaubt`,
  rename: 'Umbenennen',
  renameTitle: (name) => `${name} umbenennen`,
  renameLabel: 'Name',
  renameHint: 'Leer lassen für den Namen, den der Browser nennt.',
  forget: 'Vergessen',
  forgotten: (name) => `${name} wurde vergessen.`,
  blocked: (name) => `${name} ist gesperrt.`,
  blockHint:
    'Eine Sperre hält auf, was eine Erweiterung abschickt. Damit sie auch nichts mehr lesen kann, schalte ihren Schlüssel aus.',
  blockedHasKey: (name) =>
    `${name} ist gesperrt und kann nichts mehr abschicken. Lesen kann sie noch, etwa die Liste der Modelle, denn dabei sagt der Browser nicht, wer fragt. Damit auch das endet, schalte ihren Schlüssel aus.`,
  blockedNoKey: (name) =>
    `${name} ist gesperrt und kann nichts mehr abschicken. Hat sie einen gültigen Schlüssel, kann sie noch lesen, etwa die Liste der Modelle. Damit auch das endet, schalte ihren Schlüssel unter „Schlüssel“ aus.`,
  turnOff: (key) => `Schlüssel „${key}“ ausschalten`,
  installed: {
    title: 'Erweiterungen von Firefox und Safari',
    text: 'Diese Browser geben einer Erweiterung bei jeder Installation eine neue Adresse, und eine Sperre folgt ihr dorthin nicht. Hier erkennst du sie an dem Schlüssel, den sie benutzen. Schalte den Schlüssel aus, um eine Erweiterung ganz auszusperren.',
    withKey: (key) => `Benutzt den Schlüssel „${key}“`,
    withoutKey: 'Benutzt keinen gültigen Schlüssel',
    keyIsOff: 'Der Schlüssel ist aus',
    firstSeen: (date) => `zuerst gesehen am ${date}`,
  },
  add: 'Seite hinzufügen',
  addTitle: 'Seite oder Erweiterung hinzufügen',
  addLabel: 'Ihre Adresse',
  addHint: 'Etwa https://example.org oder chrome-extension://…',
  addAllow: 'Erlauben',
  addBlock: 'Sperren',
}
