import { plural } from '#shared/text/plural.ts'
import type { connect as en } from '../en/connect.ts'

export const connect: typeof en = {
  welcome: 'Willkommen bei Latchkey',
  welcomeText: 'Vier kleine Schritte, und deine erste App kann die KI auf diesem Computer nutzen.',
  title: 'App verbinden',
  titleText: 'Jede App bekommt ihren eigenen Schlüssel. So siehst du, was sie nutzt, und kannst ihn wieder wegnehmen.',
  later: 'Erst einmal umsehen',
  steps: ['Ollama finden', 'App wählen', 'Schlüssel kopieren', 'Verbunden'],
  stepOf: (step, name) => `Schritt ${step} von 4: ${name}`,
  back: 'Zurück',
  next: 'Weiter',

  ollamaFound: 'Ollama läuft',
  ollamaFoundText: (version, models) =>
    `${version === null ? 'Es antwortet' : `Version ${version} antwortet`}, mit ${plural(models, 'Modell', 'Modellen')}.`,
  noModels:
    'Ollama hat noch keine Modelle. Du kannst weitermachen, aber Apps brauchen mindestens eines: Wähle es im Fenster von Ollama.',
  sampleFound: 'Das eingebaute Beispiel läuft',
  sampleFoundText: 'Das ist die Demo: Ein kleines Beispiel steht für Ollama, damit du alles ausprobieren kannst.',
  ollamaMissing: 'Ollama antwortet nicht',
  startOllama: {
    mac: 'Öffne Ollama aus dem Ordner „Programme“. Das Lama erscheint oben am Bildschirm.',
    windows: 'Öffne Ollama aus dem Startmenü. Das Lama erscheint neben der Uhr.',
    linux:
      'Ollama startet normalerweise mit dem Computer. Wenn nicht, starte es aus dem App-Menü oder starte den Computer neu.',
  },
  noOllama: (url) =>
    `Noch kein Ollama auf diesem Computer? Es gibt es auf ollama.com. Latchkey sucht es unter ${url}; ist es woanders, trag seine Adresse in den Einstellungen ein.`,
  checkAgain: 'Noch einmal versuchen',
  gatewayTrouble: 'Latchkey selbst ist für Apps noch nicht erreichbar',

  chooseApp: 'Welche App möchtest du verbinden?',
  nameLabel: 'Ein Name für ihren Schlüssel',
  nameHint: 'Damit du ihn später wiedererkennst.',
  makeKey: 'Schlüssel anlegen',
  mayDo: (scopes) =>
    `Dieser Schlüssel darf: ${scopes}. Fragen und Antworten bleiben auf diesem Computer. Das lässt sich später unter „Schlüssel“ ändern.`,

  onceTitle: 'Jetzt kopieren: Das wird nur einmal gezeigt',
  onceText: 'Latchkey behält keine Kopie des Schlüssels. Geht er verloren, leg einfach einen neuen an.',
  address: 'Adresse',
  addressWithKey: 'Adresse, die den Schlüssel enthält',
  key: 'Schlüssel',
  inUrlWarning: 'Der Schlüssel ist Teil dieser Adresse. Behandle die ganze Adresse wie ein Passwort.',
  howTo: (app) => `In ${app}`,
  picture: (app, where) => `Das Formular in ${app}: ${where}.`,
  goesInto: (what, field) => `${what === 'address' ? 'die Adresse' : 'der Schlüssel'} kommt in „${field}“`,

  waitingTitle: (app) => `Warten auf ${app} …`,
  waitingText: 'Schick in der App eine erste Nachricht. Diese Seite merkt es von selbst.',
  connectedTitle: (app) => `${app} ist verbunden`,
  connectedText: (model) =>
    model === null
      ? 'Die erste Anfrage ist gerade durchgekommen.'
      : `Die erste Anfrage, an ${model}, ist gerade durchgekommen.`,
  connectedBut: (status) =>
    `Der Schlüssel funktioniert, aber die Antwort war ein Fehler (${status}). Sieh nach, welches Modell in der App gewählt ist.`,
  done: 'Fertig',
  another: 'Noch eine App verbinden',
  nothingYet: {
    title: 'Noch ist nichts angekommen. Bitte sieh nach:',
    address: 'Steht in der App genau diese Adresse?',
    sent: 'Hast du die Einstellungen dort gespeichert und eine Nachricht geschickt?',
    permission: 'Ist es eine Webseite? Dann muss ihr Browser sie erst an diesen Computer lassen:',
    container: 'Läuft die App in Docker? Dort heißt localhost host.docker.internal.',
  },
  isPaused: 'Latchkey ist pausiert, darum kommt keine App durch.',
  upstreamStopped: 'Ollama antwortet nicht mehr. Starte es wieder.',
  wrongAddress:
    'Die App fragt unter einer Adresse, die es bei Ollama nicht gibt. Kopiere die Adresse noch einmal und füge sie in der App ein.',
  troubleTitle: 'Fast geschafft: Etwas ist noch im Weg',
  skipWaiting: 'Später fertig machen',
  mend: {
    copyKey: 'Schlüssel noch einmal kopieren',
    copyAddress: 'Adresse noch einmal kopieren',
    allowOrigin: (origin) => `${origin} erlauben`,
    checkUpstream: 'Noch einmal nach Ollama suchen',
    resume: 'Latchkey fortsetzen',
    enableKey: 'Schlüssel einschalten',
    allowInUrl: 'Diesen Schlüssel in Adressen erlauben',
    allowOnline: 'Diesem Schlüssel Cloud-Modelle und Websuche erlauben',
    allowMore: (scope) => `Diesem Schlüssel auch erlauben: ${scope}`,
  },
  mended: 'Erledigt. Versuch es jetzt in der App noch einmal.',
}
