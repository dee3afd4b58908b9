import type { DesktopText } from './english.ts'

export const german: DesktopText = {
  status: {
    stopped: 'Latchkey läuft nicht',
    paused: 'Pausiert',
    pausedUntil: (time) => `Pausiert bis ${time}`,
    upstreamDown: 'Ollama antwortet nicht',
    upstreamTrouble: 'Latchkey kann Ollama nicht benutzen',
    running: 'Latchkey läuft',
  },
  tray: {
    whatToDo: 'Was zu tun ist…',
    open: 'Latchkey öffnen',
    newKey: 'Neuer Schlüssel…',
    copyAddress: 'Adresse kopieren',
    sites: 'Seiten & Erweiterungen',
    noSites: 'Noch niemand hat angefragt',
    more: 'Mehr…',
    moreQuestions: 'Weitere Fragen…',
    resume: 'Fortsetzen',
    pauseForAnHour: '1 Stunde pausieren',
    pauseUntilResumed: 'Pausieren, bis ich fortsetze',
    startAtLogin: 'Beim Anmelden starten',
    copyDiagnostics: 'Diagnose kopieren',
    quit: 'Latchkey beenden',
  },
  question: {
    title: (site) => `${site} einlassen?`,
    wish: 'Es hat einen gültigen Schlüssel und möchte Ollama über Latchkey benutzen.',
    click: 'Klicke hier, um zu entscheiden.',
    allow: 'Erlauben',
    block: 'Sperren',
    blockWithKey: (key) => `Sperren und den Schlüssel „${key}“ ausschalten`,
    blockHint:
      'Eine Sperre hält auf, was eine Erweiterung abschickt. Damit sie auch nichts mehr lesen kann, schalte ihren Schlüssel aus.',
    noAddress: 'Seiten ohne Adresse',
  },
  failures: {
    pause: 'Latchkey konnte die Pause nicht speichern',
    copy: 'Es wurde nichts kopiert',
    decide: 'Latchkey konnte deine Entscheidung über die Seite nicht speichern',
    setOnline: 'Latchkey konnte deine Antwort über den Schlüssel nicht speichern',
    loginItem: 'Der Start beim Anmelden ließ sich nicht ändern',
    body: 'Es hat sich nichts geändert. Öffne Latchkey und versuche es dort: die Seite sagt, woran es liegt.',
  },
  online: {
    model: (key) => `Ein Modell in Ollamas Cloud für ${key} erlauben?`,
    web: (key) => `Die Websuche über Ollama für ${key} erlauben?`,
    wish: 'Die Fragen würden dann diesen Computer verlassen.',
    allow: 'Erlauben',
    keepHere: 'Hier behalten',
  },
  hidden: {
    title: 'Latchkey läuft weiter',
    body: 'Du findest es im Infobereich. Um es zu beenden, wähle dort „Latchkey beenden“.',
  },
  withoutTray: {
    title: 'Latchkey läuft ohne sein Fenster weiter',
    body: 'Dieser Desktop zeigt kein Symbol dafür im Infobereich. Um dieses Fenster wieder zu sehen, starte Latchkey aus deinen Apps. Beenden kannst du es hier oder in den Einstellungen.',
    keepRunning: 'Weiterlaufen lassen',
    startedTitle: 'Latchkey läuft',
    startedBody:
      'Dieser Desktop zeigt kein Symbol dafür im Infobereich. Um das Fenster zu sehen, starte Latchkey aus deinen Apps. Beenden kannst du es in seinen Einstellungen.',
  },
  updates: {
    look: 'Nach Aktualisierungen suchen',
    looking: 'Sucht nach Aktualisierungen…',
    lookAgain: 'Noch einmal nach Aktualisierungen suchen',
    available: (version) => `Was ist neu in ${version}…`,
    load: (version) => `${version} herunterladen`,
    loadAgain: (version) => `${version} noch einmal herunterladen`,
    loading: (version) => `${version} wird heruntergeladen…`,
    loadingPercent: (version, percent) => `${version} wird heruntergeladen: ${percent} %`,
    cancel: 'Herunterladen abbrechen',
    restart: (version) => `Neu starten und auf ${version} aktualisieren`,
    currentTitle: 'Latchkey ist auf dem neuesten Stand',
    currentBody: (version) => `Es gibt nichts Neueres als ${version}.`,
    foundTitle: (version) => `Es gibt Latchkey ${version}`,
    foundBody: 'Klicke hier, um zu sehen, was neu ist. Heruntergeladen wird erst, wenn du es sagst.',
    readyTitle: (version) => `Latchkey ${version} liegt bereit`,
    readyBody: 'Starte im Infobereich oder im Fenster neu, wann es dir passt. Bis dahin läuft diese Version weiter.',
    lookFailedTitle: 'Die Suche nach einem neueren Latchkey ist gescheitert',
    loadFailedTitle: 'Das neuere Latchkey wurde nicht heruntergeladen',
    unreachable:
      'Der Server für Aktualisierungen hat nicht geantwortet, oder die Verbindung ist abgebrochen. Prüfe deine Internetverbindung und versuche es im Infobereich noch einmal.',
    wrong_answer:
      'Der Server für Aktualisierungen hat etwas geschickt, das keine Aktualisierung ist. Versuche es morgen noch einmal; bleibt es so, lade Latchkey dort herunter, wo du es her hast.',
    damaged:
      'Die Datei ist nicht die angekündigte, deshalb hat Latchkey sie gelöscht. Versuche es noch einmal; bleibt es so, lade Latchkey dort herunter, wo du es her hast.',
    not_saved:
      'Die Datei konnte nicht gespeichert werden. Schaffe Platz auf der Festplatte und versuche es im Infobereich noch einmal.',
    placeFailedTitle: 'Latchkey wurde nicht aktualisiert',
    placeFailedBody:
      'Die neuere Version konnte nicht eingesetzt werden, deshalb läuft diese weiter. Prüfe, ob du in ihren Ordner schreiben darfst und ob Platz auf der Festplatte ist, und versuche es noch einmal.',
    notStartedTitle: 'Latchkey konnte nicht neu starten',
    notStarted:
      'Die neuere Version ließ sich nicht starten, und Latchkey hat sich beendet. Starte es selbst; startet es nicht, installiere es neu. Deine Schlüssel bleiben erhalten.',
  },
}
