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
        'Öffne die Einstellungen, wähle „OpenAI Compatible API“, dann „Add Provider“.',
        'Lass „Custom“ stehen, füge die Adresse als „Base URL“ und den Schlüssel als „API Key“ ein und speichere.',
        'Hake die angebotenen Modelle an und wähle im Chat eines davon.',
      ],
    },
    chatgptbox: {
      name: 'ChatGPTBox',
      steps: [
        'Öffne die Einstellungen. Wähle unter „General“ als „API Mode“ Ollama.',
        'Zwei leere Felder erscheinen: Füge die Adresse in „Ollama Endpoint“ und den Schlüssel in „API Key“ ein.',
        'Trage daneben den Namen eines Modells ein und frage etwas, auf irgendeiner Seite.',
      ],
    },
    lumos: {
      name: 'Lumos',
      steps: [
        'Klicke mit der rechten Maustaste auf das Symbol von Lumos und öffne die Optionen.',
        'Füge die Adresse als „Ollama Host“ ein. Der Schlüssel steckt schon darin.',
        'Wähle als „Ollama Model“ ein Modell und frage etwas zu einer Seite.',
      ],
    },
    nativemind: {
      name: 'NativeMind',
      steps: [
        'Öffne die Einstellungen von NativeMind und dort Ollama.',
        'Füge die Adresse als „Server Address“ ein. Der Schlüssel steckt schon darin.',
        'Wähle ein Modell und frage etwas.',
      ],
    },
    'ollama-client': {
      name: 'Ollama Client',
      steps: [
        'Öffne die Einstellungen, dann „Providers“, und füge einen Anbieter vom Typ „OpenAI compatible“ hinzu.',
        'Füge die Adresse als „Base URL“ und den Schlüssel als „API Key“ ein und speichere.',
        'Wähle ein Modell und frage etwas.',
      ],
    },
    'brave-leo': {
      name: 'Brave Leo',
      steps: [
        'Öffne in Brave die Einstellungen, dann „Leo“. Wähle unter „Bring your own model“ den Knopf „Add new model“.',
        'Füge die Adresse als „Server endpoint“ und den Schlüssel als „API Key“ ein.',
        'Trage den Namen eines Modells als „Model request name“ ein, speichere und wähle es in Leo.',
      ],
    },
    'obsidian-copilot': {
      name: 'Obsidian Copilot',
      steps: [
        'Öffne in Obsidian die Einstellungen, dann „Copilot“, „Model“, und füge ein eigenes Modell hinzu.',
        'Wähle als „Provider“ „OpenAI Format“, trage den Namen eines Modells ein und füge Adresse und Schlüssel ein.',
        'Hake unten „CORS“ an, wenn danach gefragt wird. Wähle dann das Modell im Chat.',
      ],
    },
    continue: {
      name: 'Continue',
      steps: [
        'Öffne in deinem Editor die Konfiguration von Continue: die Datei config.yaml.',
        'Setze bei deinem Ollama-Modell „apiBase“ auf die Adresse und „apiKey“ auf den Schlüssel.',
        'Speichere und frage etwas im Chat.',
      ],
    },
    raycast: {
      name: 'Raycast Ollama',
      steps: [
        'Öffne in Raycast „Manage Models“ der Erweiterung und wähle unter den Aktionen „Add Server“.',
        'Füge die Adresse in das Feld „Model“ ein: Raycast nennt es irrtümlich so.',
        'Wähle „Bearer“ als „Authentication“, füge den Schlüssel als „Token“ ein und frage etwas.',
      ],
    },
    'open-webui': {
      name: 'Open WebUI',
      steps: [
        'Öffne die Admin-Einstellungen, dann „Verbindungen“, und füge mit dem Pluszeichen eine Ollama-Verbindung hinzu.',
        'Füge die Adresse als URL und den Schlüssel als „Key“ ein. In Docker schreibe host.docker.internal statt localhost.',
        'Speichere und wähle im Chat ein Modell.',
      ],
    },
    'ollama-cli': {
      name: 'Die Befehlszeile ollama',
      steps: [
        'Setze die Variable OLLAMA_HOST auf die Adresse. Der Schlüssel steckt schon darin.',
        'Unter macOS und Linux: export OLLAMA_HOST=… Unter Windows: setx OLLAMA_HOST … und ein neues Fenster öffnen.',
        'Starte „ollama list“, dann „ollama run“ mit einem der Modelle.',
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
