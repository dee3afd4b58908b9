import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build, type LogLevel } from 'vite'

// `npm run build [-- --quiet]`: command line and main process, preload, and console, into dist/.
const { values } = parseArgs({ options: { quiet: { type: 'boolean', default: false } } })
const logLevel: LogLevel = values.quiet ? 'error' : 'info'

for (const part of ['main', 'preload', 'renderer']) {
  await build({ configFile: fileURLToPath(new URL(`vite.${part}.config.ts`, import.meta.url)), logLevel })
}
