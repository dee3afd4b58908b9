import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DevCore } from './dev/dev-core.ts'
import { type DevPages, startDevPages } from './dev/dev-pages.ts'
import { generateMessagesOrThrow } from './messages/generate.ts'

// `npm run dev [-- --port 11510]`: the console's pages with hot reload, in front of a core that restarts when its sources
// change. The core has the built-in sample upstream and its own data folder. The gateway and the core's own console take
// the next two ports; with port 0 each takes any free one.
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDER = 'dist/dev'
const HIGHEST_PORT = 65_533

const port = portOf(parseArgs({ options: { port: { type: 'string', default: '11510' } } }).values.port)
const core = new DevCore({
  root: ROOT,
  dataDir: join(ROOT, FOLDER, 'data'),
  gatewayPort: port === 0 ? 0 : port + 1,
  consolePort: port === 0 ? 0 : port + 2,
})
let pages: DevPages | undefined
let isStopping = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void stop())

try {
  generateMessagesOrThrow()
  const { gateway, console: consoleUrl } = await core.start()
  pages = await startDevPages({ root: ROOT, port, cacheDir: join(ROOT, FOLDER, 'vite'), core })
  // Ctrl+C can come before there are pages to close.
  if (isStopping) await stop()
  console.log(`  Console  ${pages.origin}/${new URL(consoleUrl).hash}`)
  console.log(`  Gateway  ${gateway}`)
  console.log(`  Data     ${FOLDER}/data`)
  console.log('Pages reload when they change; the core restarts when it changes. Stop it with Ctrl+C.')
} catch (error) {
  if (!isStopping) fail(error)
  await stop()
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

async function stop(): Promise<void> {
  isStopping = true
  await Promise.all([pages?.close(), core.stop()])
}

function portOf(text: string): number {
  const number = Number(text)
  if (/^\d{1,5}$/.test(text) && number <= HIGHEST_PORT) return number
  console.error(`--port must be a number from 0 to ${HIGHEST_PORT}, not “${text}”.`)
  process.exit(2)
}
