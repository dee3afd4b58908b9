/**
 * Moves Latchkey to Ollama's port 11434, for apps with this port built in. How to move Ollama:
 * https://github.com/ollama/ollama/blob/main/docs/faq.md, "How do I configure Ollama server?".
 */
export const OLLAMA_PORT = 11_434
/** Ollama's new address. Its own desktop app uses 11435. */
export const MOVED_OLLAMA = 'http://127.0.0.1:11436'
const MOVED_HOST = '127.0.0.1:11436'

export const OPERATING_SYSTEMS = ['mac', 'windows', 'linux'] as const
export type OperatingSystem = (typeof OPERATING_SYSTEMS)[number]

/** Translations refer to these ids. */
export type TakeOverStepId =
  | 'mac-quit'
  | 'mac-variable'
  | 'mac-start'
  | 'windows-quit'
  | 'windows-variable'
  | 'windows-start'
  | 'linux-override'
  | 'linux-restart'
  | 'upstream'
  | 'port'

export interface TakeOverStep {
  readonly id: TakeOverStepId
  /** One or two sentences. */
  readonly text: string
  /** A command to type or paste, if the step has one. */
  readonly command?: string
}

const MOVE_OLLAMA: Readonly<Record<OperatingSystem, readonly TakeOverStep[]>> = {
  mac: [
    { id: 'mac-quit', text: 'Quit Ollama: click its llama in the menu bar, then “Quit Ollama”.' },
    {
      id: 'mac-variable',
      text: 'Open Terminal and paste this line. It lasts until the Mac restarts; after a restart, do it again.',
      command: `launchctl setenv OLLAMA_HOST ${MOVED_HOST}`,
    },
    { id: 'mac-start', text: 'Start Ollama again from Applications.' },
  ],
  windows: [
    { id: 'windows-quit', text: 'Quit Ollama: right-click its llama beside the clock, then click “Quit”.' },
    {
      id: 'windows-variable',
      text: 'Open “Edit environment variables for your account” from the Start menu and make a variable OLLAMA_HOST with the value 127.0.0.1:11436. Or open a command prompt and paste this line.',
      command: `setx OLLAMA_HOST ${MOVED_HOST}`,
    },
    { id: 'windows-start', text: 'Start Ollama again from the Start menu.' },
  ],
  linux: [
    {
      id: 'linux-override',
      text: 'Set the address of the service. This command writes an override file for it.',
      command: `sudo mkdir -p /etc/systemd/system/ollama.service.d && printf '[Service]\\nEnvironment="OLLAMA_HOST=${MOVED_HOST}"\\n' | sudo tee /etc/systemd/system/ollama.service.d/latchkey.conf`,
    },
    {
      id: 'linux-restart',
      text: 'Restart Ollama. If you start it yourself with “ollama serve”, set OLLAMA_HOST before it instead.',
      command: 'sudo systemctl daemon-reload && sudo systemctl restart ollama',
    },
  ],
}

// In this order. Otherwise the gateway would forward requests to itself.
const CONFIGURE_LATCHKEY: readonly TakeOverStep[] = [
  {
    id: 'upstream',
    text: `Set the address of Ollama in Latchkey’s settings to ${MOVED_OLLAMA}.`,
    command: `latchkey settings set upstream ${MOVED_OLLAMA}`,
  },
  {
    id: 'port',
    text: `Set Latchkey’s port to ${OLLAMA_PORT}. It moves at once; apps now need a key at the old address.`,
    command: `latchkey settings set gatewayPort ${OLLAMA_PORT}`,
  },
]

/** The steps for a system, in order. */
export function takeOverSteps(system: OperatingSystem): readonly TakeOverStep[] {
  return [...MOVE_OLLAMA[system], ...CONFIGURE_LATCHKEY]
}

/** True if a take-over is possible: Ollama uses its default port and Latchkey another one. */
export function couldTakeOver(gatewayPort: number, upstream: string): boolean {
  return gatewayPort !== OLLAMA_PORT && /^https?:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]):11434$/i.test(upstream)
}
