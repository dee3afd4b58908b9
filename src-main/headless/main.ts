#!/usr/bin/env node
// Nothing else is imported before the version is known: an older Node cannot even link the rest.
import packageJson from '../../package.json' with { type: 'json' }

const [neededMajor = 0, neededMinor = 0] = numbersIn(packageJson.engines.node)
const [major = 0, minor = 0] = numbersIn(process.versions.node)
if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  console.error(
    `This is Node ${process.versions.node}, which is too old for Latchkey. Install Node ${neededMajor}.${neededMinor} or newer.`,
  )
  process.exit(1)
}

const { runCommandLine } = await import('./command-line.ts')

// `latchkey key list | head -1` closes the pipe before the rest is written: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  now: Date.now,
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
})

/** `>=22.19` and `24.21.0` as numbers. */
function numbersIn(version: string): number[] {
  return (version.match(/\d+/g) ?? []).map(Number)
}
