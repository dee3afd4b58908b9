import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './building/built.ts'
import { downloadElectron, findElectron, hasDisplay } from './programs/electron.ts'

// `npm start [-- args]`: starts the desktop app if Electron can run, else `latchkey serve` with the console in the
// browser.
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STARTED_AFTER_MS = 10_000

const args = process.argv.slice(2)
await ensureBuilt()
const electron = hasDisplay() ? (findElectron() ?? downloadElectron()) : undefined
if (electron === undefined || !(await runsDesktop(electron))) {
  console.log('Electron is not available here, so Latchkey runs without its window: the console opens in your browser.')
  const entry = new URL('../../dist/main/latchkey.js', import.meta.url)
  process.argv = [process.execPath, fileURLToPath(entry), 'serve', ...args]
  await import(entry.href)
}

/** False if Electron fails to start, such as for root or without the kernel's support for its sandbox. */
async function runsDesktop(program: string): Promise<boolean> {
  const startedAt = performance.now()
  const child = spawn(program, ['.', ...args], { cwd: ROOT, stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => child.kill(signal))
  const ended = await Promise.race([once(child, 'exit'), once(child, 'error').then(() => [1])])
  const failed = ended[0] !== 0
  if (failed && performance.now() - startedAt < STARTED_AFTER_MS) return false
  process.exitCode = failed ? 1 : 0
  return true
}
