import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureDebianPackages } from '../build/scripts/real-electron/debian.ts'
import { type TestDesktop, withTestDesktop } from '../build/scripts/real-electron/test-desktop.ts'
import { nodeOf } from '../build/scripts/testing/own-node.ts'
import type { DesktopAnswer, DesktopJob, DesktopMessage, Measured } from './desktop/messages.ts'
import { memoryOf } from './desktop/processes.ts'
import { goalLines } from './goals.ts'
import { addToFile, describeMachine, type ScenarioResult } from './results.ts'
import { tableOf } from './table.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PARTS = ['start', 'hidden', 'shown', 'window', 'report', 'sites']

/**
 * `npm run bench -- desktop [start] [hidden] [shown] [window] [report] [sites] [--rounds 3] [--exchanges 300000] [--quick] [--json FILE]`: the app in
 * the Electron for tests, as a normal user, on a display that nobody sees.
 */
export async function benchDesktop(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      exchanges: { type: 'string', default: '300000' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  })
  const reason = process.getuid?.() === 0 ? ensureDebianPackages() : 'only root may ask what a sandboxed process takes'
  if (reason !== undefined) throw new Error(`the desktop app cannot be measured: ${reason}`)
  const job: DesktopJob = {
    rounds: Number(values.rounds),
    parts: positionals.length > 0 ? positionals : PARTS,
    settleMs: values.quick ? 3_000 : 12_000,
    watchMs: values.quick ? 5_000 : 30_000,
    exchanges: Number(values.exchanges),
  }
  const scenarios = await withTestDesktop(ROOT, (desktop) => measure(desktop, job))
  console.log('Electron 33.2.1 for tests, as a normal user, software rendering')
  for (const scenario of scenarios) console.log(tableOf(scenario))
  const results = { machine: describeMachine(), scenarios }
  console.log(goalLines(results).join('\n'))
  if (values.json !== undefined) addToFile(values.json, results)
}

async function measure({ root, env, prefix }: TestDesktop, job: DesktopJob): Promise<ScenarioResult[]> {
  const [program, ...rest] = [...prefix, nodeOf(root), 'bench/desktop/session.child.ts']
  const child = spawn(program, rest, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const all: Measured[] = []
  child.on('message', (message: DesktopMessage) => {
    if ('measured' in message) {
      all.push(message.measured)
      console.error(`${message.measured.scenario}: ${message.measured.subject}`)
    } else child.send(answerOf(message.memoryOf))
  })
  const ended = once(child, 'exit')
  child.send(job)
  const [code] = (await ended) as [number | null]
  if (code !== 0) throw new Error('measuring the desktop app went wrong')
  return gather(all)
}

function answerOf(pids: readonly number[]): DesktopAnswer {
  return { first: memoryOf(pids.slice(0, 1)), all: memoryOf(pids) }
}

function gather(all: readonly Measured[]): ScenarioResult[] {
  const results = new Map<string, { title: string; samples: Record<string, Record<string, number[]>> }>()
  for (const { scenario, title, subject, measures } of all) {
    const result = results.get(scenario) ?? { title, samples: {} }
    results.set(scenario, result)
    const samples = (result.samples[subject] ??= {})
    for (const [name, value] of Object.entries(measures)) (samples[name] ??= []).push(value)
  }
  return [...results].map(([name, result]) => ({ name, ...result }))
}
