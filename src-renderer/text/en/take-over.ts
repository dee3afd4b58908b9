import type { OperatingSystem, TakeOverStep } from '#shared/upstreams/take-over.ts'

const systems: Record<OperatingSystem, string> = { mac: 'Mac', windows: 'Windows', linux: 'Linux' }

export const takeOver = {
  title: 'Apps that know only Ollama’s own port',
  text: 'Some apps always call port 11434 and let nobody change it. Ollama can move aside, and Latchkey takes its place there.',
  show: 'Show me how',
  systemLabel: 'This computer',
  systems,
  command: 'To paste',
  step: (step: TakeOverStep) => step.text,
  last: 'Then let Latchkey take the place. Apps that used Ollama there without a key need one from then on.',
  move: 'Take Ollama’s place',
  moved: 'Latchkey is at port 11434 now.',
}
