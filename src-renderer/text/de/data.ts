import { plural } from '#shared/text/plural.ts'
import type { data as en } from '../en/data.ts'

export const data: typeof en = {
  backupsTitle: 'Sicherungen',
  backupsText:
    'Schlüssel, Seiten, Nutzung und Änderungen, kopiert auf diesem Computer. Latchkey macht jeden Tag eine und behält die letzten sieben.',
  makeBackup: 'Sicherung machen',
  noBackups: 'Noch keine Sicherungen',
  noBackupsText: 'Die erste kommt im Lauf des Tages von selbst.',
  columns: { when: 'Gemacht', kind: 'Wie', size: 'Größe' },
  kinds: { daily: 'Automatisch', asked: 'Von dir', replaced: 'Stand vor einem Zurückholen' },
  restore: 'Zurückholen',
  restoreTitle: (date) => `Zurück zu ${date}?`,
  restoreText:
    'Schlüssel, Seiten und Nutzung werden wie damals; seitdem angelegte Schlüssel gelten nicht mehr. Der jetzige Stand wird selbst eine Sicherung, zu der du zurückkannst. Es geschieht sofort.',
  restoreDo: 'Jetzt zurückholen',
  restored: (date) => `Alles ist wie am ${date}`,
  restoredText: 'Der Stand davor steht in der Liste, falls du zurückwillst.',
  moveTitle: 'Auf einen anderen Computer umziehen',
  moveText:
    'Eine Datei mit deinen Einstellungen, Schlüsseln und Seiten. Deine Apps behalten ihre Schlüssel; aus der Datei kann niemand einen lesen.',
  saveSetup: 'Datei speichern',
  openSetup: 'Datei öffnen',
  notASetup: 'Das ist keine Datei, die Latchkey unter „Auf einen anderen Computer umziehen“ gespeichert hat.',
  adoptTitle: 'Das übernehmen?',
  adoptText: (date, keys, origins) =>
    `Die Datei ist vom ${date}, mit ${plural(keys, 'Schlüssel', 'Schlüsseln')} und ${plural(origins, 'Seite', 'Seiten')}. Ihre Einstellungen ersetzen die hiesigen; Schlüssel, die schon da sind, bleiben, wie sie sind.`,
  adoptDo: 'Übernehmen',
  adopted: ({ keys, keysAlreadyHere, origins }) =>
    `${plural(keys, 'Schlüssel', 'Schlüssel')} und ${plural(origins, 'Seite', 'Seiten')} übernommen. Schon da: ${keysAlreadyHere}.`,
}
