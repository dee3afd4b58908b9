import type { about as en } from '../en/about.ts'

export const about: typeof en = {
  updatesTitle: 'Aktualisierungen',
  updatesFrom: (feed) => `Latchkey sucht einmal am Tag nach Aktualisierungen, unter ${feed}.`,
  updatesHint: 'Wann eine eingespielt wird, entscheidest du im Menü im Infobereich.',
  noUpdates: 'Latchkey sucht nicht nach Aktualisierungen: Es ist keine Adresse dafür gesetzt.',
  noUpdatesHint: 'Wer sich auskennt, setzt „updateFeed“ in der Datei settings.json im Datenordner.',
  licencesTitle: 'Lizenzen',
  licencesText: 'Latchkey ist frei unter der MIT-Lizenz und gebaut mit der Arbeit vieler anderer.',
  showLicences: 'Ihre Lizenzen zeigen',
  noLicenceFile: (licence) => `Dieses Paket hat keine eigene Lizenzdatei. Es sagt: ${licence}.`,
}
