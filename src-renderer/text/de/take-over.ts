import type { TakeOverStepId } from '#shared/upstreams/take-over.ts'
import type { takeOver as en } from '../en/take-over.ts'

const steps: Record<TakeOverStepId, string> = {
  'mac-quit': 'Beende Ollama: Klick auf das Lama in der Menüleiste, dann „Quit Ollama“.',
  'mac-variable':
    'Öffne das Terminal und füge diese Zeile ein. Sie gilt bis zum Neustart des Macs; danach wiederhole sie.',
  'mac-start': 'Starte Ollama wieder aus den Programmen.',
  'windows-quit': 'Beende Ollama: Rechtsklick auf das Lama neben der Uhr, dann „Quit“.',
  'windows-variable':
    'Öffne im Startmenü „Umgebungsvariablen für dieses Konto bearbeiten“ und lege die Variable OLLAMA_HOST mit dem Wert 127.0.0.1:11436 an. Oder öffne die Eingabeaufforderung und füge diese Zeile ein.',
  'windows-start': 'Starte Ollama wieder aus dem Startmenü.',
  'linux-override': 'Sag dem Dienst, wo er lauschen soll: Das schreibt ihm eine Ergänzung.',
  'linux-restart':
    'Starte Ollama neu. Wenn du es selbst mit „ollama serve“ startest, setze stattdessen davor OLLAMA_HOST.',
  upstream: 'Setze die Adresse von Ollama in den Einstellungen von Latchkey auf http://127.0.0.1:11436.',
  port: 'Setze den Port von Latchkey auf 11434.',
}

export const takeOver: typeof en = {
  title: 'Apps, die nur Ollamas eigenen Port kennen',
  text: 'Manche Apps rufen immer Port 11434 an, und niemand kann das ändern. Ollama kann Platz machen, und Latchkey tritt dort an seine Stelle.',
  show: 'Zeig mir, wie',
  systemLabel: 'Dieser Computer',
  systems: { mac: 'Mac', windows: 'Windows', linux: 'Linux' },
  command: 'Zum Einfügen',
  step: ({ id }) => steps[id],
  last: 'Lass dann Latchkey den Platz einnehmen. Apps, die Ollama dort ohne Schlüssel nutzten, brauchen von da an einen.',
  move: 'Ollamas Platz einnehmen',
  moved: 'Latchkey ist jetzt an Port 11434.',
}
