import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { generateMessages } from '../messages/generate.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const BIN = fileURLToPath(new URL('../../../node_modules/.bin/', import.meta.url))
const PARTS = ['src-shared', 'src-main', 'src-renderer', 'build', 'bench', 'examples', 'test']
/** If dependency-cruiser reports far fewer modules, it has read nothing and checked nothing. */
const MODULES_AT_LEAST = 100

interface Check {
  readonly name: string
  readonly command: readonly [program: string, ...args: string[]]
  /** True if the output of a successful run is also that of a real run. */
  readonly accepts?: (output: string) => boolean
}

export interface CheckResult {
  readonly name: string
  readonly passed: boolean
  readonly output: string
  readonly seconds: number
}

/** All checks that do not run the code. */
const CHECKS: readonly Check[] = [
  ...projects().map((part): Check => ({ name: `types in ${part}`, command: ['tsc', '-p', part] })),
  { name: 'format', command: ['biome', 'ci', '--colors=off'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings', '-c', 'build/config/oxlint.jsonc', '.'] },
  {
    name: 'who imports whom',
    command: [
      'depcruise',
      '--config',
      'build/config/dependency-cruiser.config.mjs',
      '--output-type',
      'err',
      ...parts(),
    ],
    accepts: (output) => Number(/(\d+) modules/.exec(output)?.[1] ?? 0) >= MODULES_AT_LEAST,
  },
  { name: 'nothing unused', command: ['knip', '--config', 'build/config/knip.json', '--no-progress'] },
]

/** Runs all checks, one per core at a time, and reports each when it ends. */
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

/** One short line; the tool's whole output only if it failed. */
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
