import type { AppKind, RecipeId } from '../../recipes/recipes.ts'

interface RecipeText {
  readonly name: string
  /** What to do in the app, one short sentence each. */
  readonly steps: readonly string[]
}

const kinds: Record<AppKind, string> = {
  extension: 'Browser extension',
  browser: 'Browser',
  notes: 'Notes app',
  editor: 'Code editor',
  launcher: 'Launcher',
  web: 'Web app',
  other: 'Any app or script',
}

const apps: Record<RecipeId, RecipeText> = {
  'page-assist': {
    name: 'Page Assist',
    steps: [
      'Open its settings, choose “OpenAI Compatible API”, then “Add Provider”.',
      'Leave “Custom” chosen, paste the address as “Base URL” and the key as “API Key”, and save.',
      'Tick the models it offers, and choose one of them in the chat.',
    ],
  },
  chatgptbox: {
    name: 'ChatGPTBox',
    steps: [
      'Open its settings. Under “General”, choose Ollama as “API Mode”.',
      'Two empty fields appear: paste the address into “Ollama Endpoint” and the key into “API Key”.',
      'Enter the name of a model beside them, and ask something on any page.',
    ],
  },
  lumos: {
    name: 'Lumos',
    steps: [
      'Right-click the icon of Lumos and open its options.',
      'Paste the address as “Ollama Host”. The key is already inside.',
      'Choose a model as “Ollama Model”, and ask something about a page.',
    ],
  },
  nativemind: {
    name: 'NativeMind',
    steps: [
      'Open the settings of NativeMind, and there Ollama.',
      'Paste the address as “Server Address”. The key is already inside.',
      'Choose a model, and ask something.',
    ],
  },
  'ollama-client': {
    name: 'Ollama Client',
    steps: [
      'Open its settings, then “Providers”, and add a provider of the type “OpenAI compatible”.',
      'Paste the address as “Base URL” and the key as “API Key”, and save.',
      'Choose a model, and ask something.',
    ],
  },
  'brave-leo': {
    name: 'Brave Leo',
    steps: [
      'Open Brave’s settings, then “Leo”. Under “Bring your own model”, choose “Add new model”.',
      'Paste the address as “Server endpoint” and the key as “API Key”.',
      'Enter the name of a model as “Model request name”, save, and choose it in Leo.',
    ],
  },
  'obsidian-copilot': {
    name: 'Obsidian Copilot',
    steps: [
      'Open Obsidian’s settings, then “Copilot”, “Model”, and add a custom model.',
      'Choose “OpenAI Format” as “Provider”, enter the name of a model, and paste address and key.',
      'Tick “CORS” at the bottom if the app asks for it. Then choose the model in the chat.',
    ],
  },
  continue: {
    name: 'Continue',
    steps: [
      'Open the configuration of Continue in your editor: the file config.yaml.',
      'At your Ollama model, set “apiBase” to the address and “apiKey” to the key.',
      'Save, and ask something in the chat.',
    ],
  },
  raycast: {
    name: 'Raycast Ollama',
    steps: [
      'Open “Manage Models” of the extension in Raycast, and choose “Add Server” among its actions.',
      'Paste the address into the field “Model”: Raycast calls it so by mistake.',
      'Choose “Bearer” as “Authentication”, paste the key as “Token”, and ask something.',
    ],
  },
  'open-webui': {
    name: 'Open WebUI',
    steps: [
      'Open the admin settings, then “Connections”, and add an Ollama connection with the plus sign.',
      'Paste the address as “URL” and the key as “Key”. Inside Docker, write host.docker.internal instead of localhost.',
      'Save, and choose a model in the chat.',
    ],
  },
  'ollama-cli': {
    name: 'The ollama command line',
    steps: [
      'Set the variable OLLAMA_HOST to the address. The key is already inside.',
      'On macOS and Linux: export OLLAMA_HOST=… On Windows: setx OLLAMA_HOST … and open a new window.',
      'Run “ollama list”, then “ollama run” with one of the models.',
    ],
  },
  other: {
    name: 'Something else',
    steps: [
      'Find the place in the app’s settings for Ollama’s address, and paste the address there.',
      'Paste the key into the field called “API key” or “Token”.',
      'If the app is made for OpenAI, write /v1 after the address.',
    ],
  },
}

export const recipes = { kinds, apps }
