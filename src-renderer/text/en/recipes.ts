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
      'Open its settings and choose “OpenAI Compatible API”, then “Add Provider”.',
      'Choose “Custom”, and paste the address as “Base URL” and the key as “API Key”.',
      'Save, pick the models it offers, and choose one in the chat.',
    ],
  },
  chatgptbox: {
    name: 'ChatGPTBox',
    steps: [
      'Open its settings and choose Ollama as the “API Mode”.',
      'Paste the address as “Ollama Endpoint” and the key as “API Key”.',
      'Ask something on any page.',
    ],
  },
  lumos: {
    name: 'Lumos',
    steps: [
      'Open the options of Lumos.',
      'Paste the address as “Ollama Host”. The key is already inside.',
      'Choose a model, and ask something about a page.',
    ],
  },
  nativemind: {
    name: 'NativeMind',
    steps: [
      'Open the settings of NativeMind and choose Ollama.',
      'Paste the address as the server’s address. The key is already inside.',
      'Choose a model, and ask something.',
    ],
  },
  'ollama-client': {
    name: 'Ollama Client',
    steps: [
      'Open its settings and add a provider of the type “OpenAI compatible”.',
      'Paste the address and the key.',
      'Choose a model, and ask something.',
    ],
  },
  'brave-leo': {
    name: 'Brave Leo',
    steps: [
      'Open Brave’s settings, then “Leo”, and add a model under “Bring your own model”.',
      'Paste the address as “Server endpoint” and the key as “API Key”.',
      'Enter the name of a model as “Model request name”, save, and choose it in Leo.',
    ],
  },
  'obsidian-copilot': {
    name: 'Obsidian Copilot',
    steps: [
      'Open Obsidian’s settings, then “Copilot”, “Model”, and “Add Custom Model”.',
      'Choose “3rd party (openai-format)” as the provider, and enter the name of a model.',
      'Paste the address as “Base URL” and the key as “API Key”. Switch on “Enable CORS” if it asks.',
    ],
  },
  continue: {
    name: 'Continue',
    steps: [
      'Open the configuration of Continue in your editor.',
      'At your Ollama model, set “apiBase” to the address and “apiKey” to the key.',
      'Save, and ask something in the chat.',
    ],
  },
  raycast: {
    name: 'Raycast Ollama',
    steps: [
      'Open the extension “Ollama AI” in Raycast and choose “Manage Ollama servers”.',
      'Paste the address, choose Bearer as the kind of sign-in, and paste the key.',
      'Choose a model, and ask something.',
    ],
  },
  'open-webui': {
    name: 'Open WebUI',
    steps: [
      'Open the admin settings, then “Connections”, and add an Ollama connection.',
      'Paste the address as the URL and the key as the key. Inside Docker, write host.docker.internal instead of localhost.',
      'Save, and choose a model in the chat.',
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
