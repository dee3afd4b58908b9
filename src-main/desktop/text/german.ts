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
    updates: 'Die Aktualisierung hat nicht geklappt',
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
    looking: 'Sucht nach Aktualisierungen…',
    look: 'Nach Aktualisierungen suchen',
    restart: (version) => `Neu starten und auf ${version} aktualisieren`,
    failed: 'Suche nach Aktualisierungen gescheitert: noch einmal',
    inCheckout: 'Ein Latchkey aus dem Quelltext wird mit git aktualisiert.',
    portable: 'Das portable Latchkey aktualisiert sich nicht selbst.',
    byPackageManager: 'Dieses Latchkey aktualisiert deine Paketverwaltung.',
    failedTitle: 'Die Suche nach einem neueren Latchkey ist gescheitert',
    failedBody:
      'Sieh nach dem Netz oder nach der Adresse in den Einstellungen. Im Infobereich kannst du es noch einmal versuchen.',
    notInstalledTitle: 'Latchkey konnte nicht aktualisiert werden',
    notInstalled:
      'Die neuere Version konnte nicht eingesetzt werden, und Latchkey hat sich beendet. Starte es wieder; startet es nicht, installiere es neu. Deine Schlüssel bleiben erhalten.',
  },
}
