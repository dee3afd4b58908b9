// Plain JavaScript, because an old Node cannot load TypeScript, and its user would get a stack trace instead of a sentence.
import { readFileSync } from 'node:fs'

const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const NEEDED = engines.node.match(/\d+/g).map(Number)
const [major, minor] = process.versions.node.split('.').map(Number)
const [, , script, ...args] = process.argv
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(
    `This is Node ${process.versions.node}, which is too old for Latchkey. ` +
      'Run `npm ci`, which brings a newer one along for this folder (its install scripts must be allowed), then `npm start`.',
  )
  process.exit(1)
}
process.argv = [process.argv[0], script, ...args]
await import(new URL(`${script}.ts`, import.meta.url).href)
