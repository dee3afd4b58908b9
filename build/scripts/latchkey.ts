import { ensureBuilt } from './building/built.ts'

// `npm run -s latchkey -- <args>`: runs the command line, after a build if needed.
await ensureBuilt()
// In this very process, so that stdio, signals and the exit code are the command's own.
const entry = new URL('../../dist/main/latchkey.js', import.meta.url)
process.argv[1] = entry.pathname
await import(entry.href)
