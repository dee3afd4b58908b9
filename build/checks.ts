import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { generateMessages } from './scripts/messages/generate.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BIN = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url))
const PARTS = ['src-shared', 'src-main', 'src-renderer', 'build', 'bench', 'test']
/** Far fewer modules than this means that dependency-cruiser read nothing and judged nothing. */
const MODULES_AT_LEAST = 100

interface Check {
  readonly name: string
  readonly command: readonly [program: string, ...args: string[]]
  /** Whether the output of a run that ended well is also what a real run prints. */
  readonly accepts?: (output: string) => boolean
}

export interface CheckResult {
  readonly name: string
  readonly passed: boolean
  readonly output: string
  readonly seconds: number
}

/** Everything that judges the code without running it. */
const CHECKS: readonly Check[] = [
  ...projects().map((part): Check => ({ name: `types in ${part}`, command: ['tsc', '-p', part] })),
  { name: 'format', command: ['biome', 'ci', '--colors=off'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings', '-c', 'build/oxlint.jsonc', '.'] },
  {
    name: 'who imports whom',
    command: ['depcruise', '--config', 'build/dependency-cruiser.config.mjs', '--output-type', 'err', ...parts()],
    accepts: (output) => Number(/(\d+) modules/.exec(output)?.[1] ?? 0) >= MODULES_AT_LEAST,
  },
  { name: 'nothing unused', command: ['knip', '--config', 'build/knip.json', '--no-progress'] },
]

/** Runs all checks, as many at once as there are cores, and tells of each as it ends. */
export async function runChecks(tell: (result: CheckResult) => void): Promise<CheckResult[]> {
  const messages = checkMessages()
  tell(messages)
  const waiting = [...CHECKS]
  const results: CheckResult[] = [messages]
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const result = await run(check)
      results.push(result)
      tell(result)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return results
}

/** One short line; all that the tool printed only when it failed. */
export function lineOf({ name, passed, output, seconds }: CheckResult): string {
  const line = `${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`
  return passed ? line : `${line}\n${output.trimEnd()}\n`
}

/** Before all others: types are checked against the modules that it makes. */
function checkMessages(): CheckResult {
  const startedAt = performance.now()
  const faults = generateMessages()
  const seconds = (performance.now() - startedAt) / 1000
  return { name: 'messages of each language', passed: faults.length === 0, output: faults.join('\n'), seconds }
}

function run({ name, command, accepts }: Check): Promise<CheckResult> {
  const [program, ...args] = command
  const startedAt = performance.now()
  // npm's commands are batch files on Windows, which only a shell can start.
  const child = spawn(`${BIN}${program}`, args, { cwd: ROOT, shell: process.platform === 'win32' })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((resolve) => {
    const finish = (passed: boolean) =>
      resolve({ name, passed, output, seconds: (performance.now() - startedAt) / 1000 })
    child.on('error', (error) => {
      output += error.message
      finish(false)
    })
    child.on('close', (code) => finish(code === 0 && (accepts?.(output) ?? true)))
  })
}

function projects(): string[] {
  return parts().filter((part) => readdirSync(`${ROOT}${part}`).includes('tsconfig.json'))
}

function parts(): string[] {
  const present = readdirSync(ROOT)
  return PARTS.filter((part) => present.includes(part))
}
