import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build, type LogLevel } from 'vite'
import { LICENCES_FILE } from '#shared/console-api/licences.ts'
import { collectLicences } from './building/licences.ts'
import { generateMessagesOrThrow } from './messages/generate.ts'

// `npm run build [-- --quiet]`: builds the command line, the main process, the preload and the console into dist/.
const { values } = parseArgs({ options: { quiet: { type: 'boolean', default: false } } })
const logLevel: LogLevel = values.quiet ? 'error' : 'info'
const licences = collectLicences()
generateMessagesOrThrow()

for (const part of ['main', 'preload', 'renderer']) {
  const configFile = fileURLToPath(new URL(`../config/vite.${part}.config.ts`, import.meta.url))
  await build({ configFile, logLevel, plugins: [licences.plugin] })
}
licences.write(fileURLToPath(new URL(`../../dist/renderer/${LICENCES_FILE}`, import.meta.url)))
