import { ensureBuilt } from './built.ts'

// `npm run -s latchkey -- <args>`: the command line, built first if need be.
await ensureBuilt()
// In this very process, so that stdio, signals and the exit code are the command's own.
const entry = new URL('../dist/main/latchkey.js', import.meta.url)
process.argv[1] = entry.pathname
await import(entry.href)
