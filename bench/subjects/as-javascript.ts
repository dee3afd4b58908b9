import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { transformWithOxc } from 'vite'

// Below node_modules, so that the scripts' imports resolve.
const OUT = new URL('../../node_modules/.latchkey-bench/', import.meta.url)
const SHARED = 'arguments.ts'

/**
 * Writes one of the bench's scripts as plain JavaScript and returns its address. To run TypeScript, Node loads its own
 * compiler, which takes 17 MB and up to a tenth of a second, and that would distort the results.
 */
export async function asJavaScript(script: string): Promise<string> {
  mkdirSync(OUT, { recursive: true })
  for (const name of [script, SHARED]) {
    const source = readFileSync(new URL(name, import.meta.url), 'utf8')
    const { code } = await transformWithOxc(source, name)
    writeFileSync(new URL(asMjs(name), OUT), code.replaceAll(`./${SHARED}`, `./${asMjs(SHARED)}`))
  }
  return new URL(asMjs(script), OUT).href
}

function asMjs(name: string): string {
  return name.replace(/\.ts$/, '.mjs')
}
