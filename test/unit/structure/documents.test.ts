import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { REFUSALS } from '#shared/gateway/refusal-table.ts'
import { isLasting, type RefusalCode, statusOf } from '#shared/gateway/refusals.ts'
import { ROUTES } from '#shared/gateway/routes.ts'
import { LOOPBACK_NAMES } from '../../../src-main/base/loopback.ts'
import { CARRIERS } from '../../../src-main/gateway/head/carriers.ts'

const CODES = Object.keys(REFUSALS)
/** Every file and folder of the sources, relative to the root. */
const FILES = ['.github', 'bench', 'build', 'docs', 'examples', 'src-main', 'src-renderer', 'src-shared', 'test']
  .filter((folder) => existsSync(root(folder)))
  .flatMap((folder) => [folder, ...inside(folder)])
  .concat(readdirSync(root('.')))
const DOCUMENTS = FILES.filter((path) => path.endsWith('.md'))

describe('the documents', () => {
  it('say what to do about every refusal', async () => {
    const headings = (await read('docs/troubleshooting.md')).match(/^### `\w+`$/gm)
    expect(headings?.map((heading) => heading.slice(5, -1)).sort()).toEqual([...CODES].sort())
  })

  it('quote the sentence of every refusal', async () => {
    const text = await read('docs/troubleshooting.md')
    const openings = Object.values(REFUSALS).map(({ sentence }) => sentence.split('{', 1)[0] ?? '')
    expect(openings.filter((opening) => !text.includes(`> ${opening}`))).toEqual([])
  })

  it('say in the HTTP contract of each refusal which status it has, whether waiting mends it, and why', async () => {
    const rows = [...(await read('docs/http.md')).matchAll(/^\| ([\d, ]+) \| `(\w+)` \| (yes|no) \| (.+) \|$/gm)]
    const told = rows.map(([, statuses, code, mends]) => `${code} ${statuses} ${mends}`)
    const expected = (Object.keys(REFUSALS) as RefusalCode[]).map((code) => {
      const statuses = [...new Set([statusOf(code, 'GET'), statusOf(code, 'POST')])].join(', ')
      return `${code} ${statuses} ${isLasting(code) ? 'no' : 'yes'}`
    })
    expect(new Set(told)).toEqual(new Set(expected))
    expect(told).toHaveLength(expected.length)
  })

  it('list every host name that means this computer, with the reason', async () => {
    const contract = await read('docs/http.md')
    expect(Object.keys(LOOPBACK_NAMES).filter((name) => !contract.includes(`\`${name}\``))).toEqual([])
  })

  it('list every place where a key counts, in the order in which they are looked at', async () => {
    const contract = await read('docs/http.md')
    const section = contract.slice(contract.indexOf('## Carrying the key'))
    const places = CARRIERS.map(({ name }) => section.indexOf(name))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((one, other) => one - other))
  })

  it('list every route that a scope of its own covers', async () => {
    const contract = await read('docs/http.md')
    const scoped = ROUTES.filter((route) => route.class !== 'account').map((route) => route.path)
    expect(scoped.filter((path) => !contract.includes(`\`${path}\``))).toEqual([])
  })

  it.each(DOCUMENTS)('%s links to files and headings that exist', async (document) => {
    const links = [...(await read(document)).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
    for (const [, path = '', heading] of links) {
      const target = path === '' ? document : posix.join(posix.dirname(document), path)
      expect(FILES, `${document}: ${path}`).toContain(target)
      if (heading !== undefined) expect(await headingsOf(target), `${document}: #${heading}`).toContain(heading)
    }
  })

  it.each(DOCUMENTS)('%s names files that exist', async (document) => {
    const named = [...(await read(document)).matchAll(/`((?:src-\w+|test|build|bench|docs)\/[\w./-]+)`/g)]
    const missing = named.map(([, path = '']) => path.replace(/\/$/, '')).filter((path) => !FILES.includes(path))
    expect(missing).toEqual([])
  })
})

/** Every heading of a document, as GitHub names it in a link. */
async function headingsOf(document: string): Promise<string[]> {
  const headings = (await read(document)).matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function inside(folder: string): string[] {
  return readdirSync(root(folder), { recursive: true }).map((path) =>
    posix.join(folder, String(path).replaceAll('\\', '/')),
  )
}

function root(path: string): URL {
  return new URL(`../../../${path}`, import.meta.url)
}

function read(path: string): Promise<string> {
  return readFile(root(path), 'utf8')
}
