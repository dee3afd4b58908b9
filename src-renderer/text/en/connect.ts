import { plural } from '#shared/text/plural.ts'

export const connect = {
  welcome: 'Welcome to Latchkey',
  welcomeText: 'Four small steps, and your first app can use the AI on this computer.',
  title: 'Connect an app',
  titleText: 'Each app gets its own key, so that you can see what it uses and take the key away again.',
  later: 'Look around first',
  steps: ['Find Ollama', 'Choose the app', 'Copy the key', 'Connected'],
  stepOf: (step: number, name: string) => `Step ${step} of 4: ${name}`,
  back: 'Back',
  next: 'Continue',

  ollamaFound: 'Ollama is running',
  ollamaFoundText: (version: string | null, models: number) =>
    `${version === null ? 'It answers' : `Version ${version} answers`}, with ${plural(models, 'model')}.`,
  noModels: 'Ollama has no models yet. You can go on, but apps need at least one: choose one in Ollama’s own window.',
  sampleFound: 'The built-in sample is running',
  sampleFoundText: 'This is the demo: a small sample stands in for Ollama, so that you can try everything.',
  ollamaMissing: 'Ollama is not answering',
  startOllama: {
    mac: 'Open Ollama from your Applications folder. Its llama appears at the top of the screen.',
    windows: 'Open Ollama from the Start menu. Its llama appears next to the clock.',
    linux:
      'Ollama normally starts with the computer. If it does not, start it from your app menu, or restart the computer.',
  },
  noOllama: (url: string) =>
    `No Ollama on this computer yet? Get it from ollama.com. Latchkey looks for it at ${url}; if it is elsewhere, set its address in the settings.`,
  checkAgain: 'Try again',
  gatewayTrouble: 'Latchkey itself cannot be reached by apps yet',

  chooseApp: 'Which app do you want to connect?',
  nameLabel: 'A name for its key',
  nameHint: 'So that you recognise it later.',
  makeKey: 'Make the key',
  mayDo: (scopes: string) =>
    `This key may ${scopes}. Questions and answers stay on this computer. You can change that later under “Keys”.`,

  onceTitle: 'Copy this now: it is shown only once',
  onceText: 'Latchkey keeps no copy of the key. If you lose it, just make a new one.',
  address: 'Address',
  addressWithKey: 'Address with the key in it',
  key: 'Key',
  inUrlWarning: 'The key is part of this address. Treat the whole address like a password.',
  howTo: (app: string) => `In ${app}`,
  picture: (app: string, where: string) => `The form in ${app}: ${where}.`,
  goesInto: (what: 'address' | 'key', field: string) => `the ${what} goes into “${field}”`,

  waitingTitle: (app: string) => `Waiting for ${app}…`,
  waitingText: 'Send a first message in the app. This page notices by itself.',
  connectedTitle: (app: string) => `${app} is connected`,
  connectedText: (model: string | null) =>
    model === null
      ? 'Its first request has just come through.'
      : `Its first request, to ${model}, has just come through.`,
  connectedBut: (status: number) =>
    `The key works, but the answer was an error (${status}). Check which model is chosen in the app.`,
  done: 'Done',
  another: 'Connect another app',
  nothingYet: {
    title: 'Nothing has arrived yet. Please check:',
    address: 'Is the address in the app exactly this one?',
    sent: 'Have you saved the settings there, and sent a message?',
    permission: 'Is it a web page? Its browser must let it reach this computer first:',
    container: 'Does it run in Docker? There, localhost is called host.docker.internal.',
  },
  isPaused: 'Latchkey is paused, so no app gets through.',
  upstreamStopped: 'Ollama has stopped answering. Start it again.',
  wrongAddress: 'The app uses an address that Ollama does not have. Copy the address again and paste it into the app.',
  troubleTitle: 'Almost there: something is in the way',
  skipWaiting: 'Finish later',
  mend: {
    copyKey: 'Copy the key again',
    copyAddress: 'Copy the address again',
    allowOrigin: (origin: string) => `Allow ${origin}`,
    checkUpstream: 'Look for Ollama again',
    resume: 'Resume Latchkey',
    enableKey: 'Switch the key on',
    allowInUrl: 'Allow this key in addresses',
    allowOnline: 'Let this key use cloud models and web search',
    allowMore: (scope: string) => `Let this key also: ${scope}`,
  },
  mended: 'Done. Now try again in the app.',
}
