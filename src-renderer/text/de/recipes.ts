import type { recipes as en } from '../en/recipes.ts'

export const recipes: typeof en = {
  kinds: {
    extension: 'Browser-Erweiterung',
    browser: 'Browser',
    notes: 'Notiz-App',
    editor: 'Code-Editor',
    launcher: 'Schnellstarter',
    web: 'Web-App',
    other: 'Jede App, jedes Skript',
  },
  apps: {
    'page-assist': {
      name: 'Page Assist',
      steps: [
        'Öffne die Einstellungen und wähle „OpenAI Compatible API“, dann „Add Provider“.',
        'Wähle „Custom“ und füge die Adresse als „Base URL“ und den Schlüssel als „API Key“ ein.',
        'Speichere, übernimm die angebotenen Modelle und wähle im Chat eines davon.',
      ],
    },
    chatgptbox: {
      name: 'ChatGPTBox',
      steps: [
        'Öffne die Einstellungen und wähle Ollama als „API Mode“.',
        'Füge die Adresse als „Ollama Endpoint“ und den Schlüssel als „API Key“ ein.',
        'Frage etwas, auf irgendeiner Seite.',
      ],
    },
    lumos: {
      name: 'Lumos',
      steps: [
        'Öffne die Optionen von Lumos.',
        'Füge die Adresse als „Ollama Host“ ein. Der Schlüssel steckt schon darin.',
        'Wähle ein Modell und frage etwas zu einer Seite.',
      ],
    },
    nativemind: {
      name: 'NativeMind',
      steps: [
        'Öffne die Einstellungen von NativeMind und wähle Ollama.',
        'Füge die Adresse als Serveradresse ein. Der Schlüssel steckt schon darin.',
        'Wähle ein Modell und frage etwas.',
      ],
    },
    'ollama-client': {
      name: 'Ollama Client',
      steps: [
        'Öffne die Einstellungen und füge einen Anbieter vom Typ „OpenAI compatible“ hinzu.',
        'Füge die Adresse und den Schlüssel ein.',
        'Wähle ein Modell und frage etwas.',
      ],
    },
    'brave-leo': {
      name: 'Brave Leo',
      steps: [
        'Öffne in Brave die Einstellungen, dann „Leo“, und füge unter „Bring your own model“ ein Modell hinzu.',
        'Füge die Adresse als „Server endpoint“ und den Schlüssel als „API Key“ ein.',
        'Trage den Namen eines Modells als „Model request name“ ein, speichere und wähle es in Leo.',
      ],
    },
    'obsidian-copilot': {
      name: 'Obsidian Copilot',
      steps: [
        'Öffne in Obsidian die Einstellungen, dann „Copilot“, „Model“ und „Add Custom Model“.',
        'Wähle „3rd party (openai-format)“ als Anbieter und trage den Namen eines Modells ein.',
        'Füge die Adresse als „Base URL“ und den Schlüssel als „API Key“ ein. Schalte „Enable CORS“ ein, wenn danach gefragt wird.',
      ],
    },
    continue: {
      name: 'Continue',
      steps: [
        'Öffne in deinem Editor die Konfiguration von Continue.',
        'Setze bei deinem Ollama-Modell „apiBase“ auf die Adresse und „apiKey“ auf den Schlüssel.',
        'Speichere und frage etwas im Chat.',
      ],
    },
    raycast: {
      name: 'Raycast Ollama',
      steps: [
        'Öffne in Raycast die Erweiterung „Ollama AI“ und wähle „Manage Ollama servers“.',
        'Füge die Adresse ein, wähle Bearer als Anmeldung und füge den Schlüssel ein.',
        'Wähle ein Modell und frage etwas.',
      ],
    },
    'open-webui': {
      name: 'Open WebUI',
      steps: [
        'Öffne die Admin-Einstellungen, dann „Verbindungen“, und füge eine Ollama-Verbindung hinzu.',
        'Füge die Adresse als URL und den Schlüssel als Schlüssel ein. In Docker schreibe host.docker.internal statt localhost.',
        'Speichere und wähle im Chat ein Modell.',
      ],
    },
    other: {
      name: 'Etwas anderes',
      steps: [
        'Suche in den Einstellungen der App die Stelle für die Adresse von Ollama und füge die Adresse dort ein.',
        'Füge den Schlüssel in das Feld „API Key“ oder „Token“ ein.',
        'Ist die App für OpenAI gemacht, schreibe /v1 hinter die Adresse.',
      ],
    },
  },
}
