#!/usr/bin/env node
import { runCommandLine } from './command-line.ts'

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
