import type { updates as en } from '../en/updates.ts'

export const updates: typeof en = {
  title: 'Aktualisierungen',
  off: 'Dieses Latchkey sucht nicht nach Aktualisierungen. Hole ein neueres dort, wo du dieses her hast.',
  unknown: 'Latchkey hat noch nicht nach einer neueren Version gesucht.',
  looking: 'Sucht nach einer neueren Version…',
  current: 'Latchkey ist auf dem neuesten Stand.',
  look: 'Jetzt suchen',
  available: (version) => `Es gibt Latchkey ${version}.`,
  replacedBy: {
    itself: 'Heruntergeladen wird erst, wenn du es sagst.',
    portable: 'Das portable Latchkey ersetzt sich nicht selbst. Lade das neuere dort herunter, wo du dieses her hast.',
    package:
      'Dieses Latchkey wurde als Paket deines Systems installiert und ersetzt sich nicht selbst. Lade das neuere Paket dort herunter, wo du dieses her hast, und installiere es ebenso. Deine Schlüssel bleiben erhalten.',
  },
  noNotes: 'Was darin neu ist, haben die Macher nicht aufgeschrieben.',
  load: 'Herunterladen',
  loadAgain: 'Noch einmal herunterladen',
  loading: (version) => `Latchkey ${version} wird heruntergeladen…`,
  cancel: 'Abbrechen',
  ready: (version) => `Latchkey ${version} liegt bereit.`,
  readyHint:
    'Ein Neustart beendet die Antworten, die gerade geschrieben werden. Du kannst später neu starten, hier oder im Infobereich; beim Beenden wird nichts eingespielt.',
  restart: 'Jetzt neu starten',
  notPlaced:
    'Die neuere Version konnte nicht eingesetzt werden, deshalb läuft diese weiter. Prüfe, ob du in ihren Ordner schreiben darfst und ob Platz auf der Festplatte ist, und versuche es noch einmal.',
  failures: {
    unreachable:
      'Der Server für Aktualisierungen hat nicht geantwortet, oder die Verbindung ist abgebrochen. Prüfe deine Internetverbindung und versuche es noch einmal.',
    wrong_answer:
      'Der Server für Aktualisierungen hat etwas geschickt, das keine Aktualisierung ist. Versuche es morgen noch einmal; bleibt es so, lade Latchkey dort herunter, wo du es her hast.',
    damaged:
      'Die Datei ist nicht die angekündigte, deshalb hat Latchkey sie gelöscht. Versuche es noch einmal; bleibt es so, lade Latchkey dort herunter, wo du es her hast.',
    not_saved:
      'Die Datei konnte nicht gespeichert werden. Schaffe Platz auf der Festplatte und versuche es noch einmal.',
  },
  dailyLabel: 'Einmal am Tag nach Aktualisierungen suchen',
  dailyHint:
    'Latchkey fragt dann den Server seiner Macher nach der neuesten Version. Er sieht deine Internetadresse und sonst nichts über dich.',
}
