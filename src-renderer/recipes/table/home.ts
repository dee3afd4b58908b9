import { DEFAULT_SCOPES } from '#shared/keys/scopes.ts'
import type { Recipe } from '../recipe.ts'
import * as step from '../step.ts'

const SOURCE = { by: 'source' } as const

/** Servers at home that do things by themselves. */
export const HOME = {
  'home-assistant': {
    name: 'Home Assistant',
    aliases: ['hass', 'smart home', 'assist', 'voice'],
    kind: 'home',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    handover: 'steps',
    steps: [
      step.open('Settings', 'Devices & services', 'Add integration', 'Ollama'),
      step.note('sameNetwork'),
      step.pasteAddress('URL'),
      step.pasteKey('API key'),
      step.choose('Submit'),
    ],
    source: 'home-assistant/core homeassistant/components/ollama/config_flow.py',
    version: 'commit 0069cd7',
    verified: SOURCE,
  },
  n8n: {
    name: 'n8n',
    aliases: ['workflow', 'automation'],
    kind: 'home',
    address: 'base',
    scopes: DEFAULT_SCOPES,
    handover: 'steps',
    steps: [
      step.open('Credentials', 'Create credential', 'Ollama'),
      step.note('docker'),
      step.pasteAddress('Base URL'),
      step.pasteKey('API Key'),
      step.choose('Save'),
    ],
    source: 'n8n-io/n8n packages/@n8n/nodes-langchain/credentials/OllamaApi.credentials.ts',
    version: 'November 2026',
    verified: SOURCE,
  },
} as const satisfies Record<string, Recipe>
