import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { REFUSALS } from '#shared/refusals.ts'
import { ROUTES } from '#shared/routes.ts'

const CODES = Object.keys(REFUSALS)

describe('the documents', () => {
  it('say what to do about every refusal', async () => {
    const headings = (await read('docs/troubleshooting.md')).match(/^### `\w+`$/gm)
    expect(headings?.map((heading) => heading.slice(5, -1)).sort()).toEqual([...CODES].sort())
  })

  it('quote the sentence of every refusal', async () => {
    const text = await read('docs/troubleshooting.md')
    const openings = Object.values(REFUSALS).map(([, sentence]) => sentence.split('{', 1)[0] ?? '')
    expect(openings.filter((opening) => !text.includes(`> ${opening}`))).toEqual([])
  })

  it('list every refusal in the HTTP contract under its status', async () => {
    const rows = (await read('docs/http.md')).split('\n').filter((line) => /^\| \d{3}/.test(line))
    for (const [code, [status]] of Object.entries(REFUSALS)) {
      const row = rows.find((line) => line.includes(`\`${code}\``))
      expect(row, code).toContain(String(status))
    }
  })

  it('list every route that a scope of its own covers', async () => {
    const contract = await read('docs/http.md')
    const scoped = ROUTES.filter((route) => route.class !== 'account').map((route) => route.path)
    expect(scoped.filter((path) => !contract.includes(`\`${path}\``))).toEqual([])
  })

  it('link to files that exist', async () => {
    for (const document of ['README.md', 'docs/architecture.md', 'docs/http.md']) {
      const links = [...(await read(document)).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link)
      expect(links.length, document).toBeGreaterThan(0)
      for (const link of links) await expect(readFile(new URL(link ?? '', root(document))), link).resolves.toBeTruthy()
    }
  })
})

function root(path: string): URL {
  return new URL(`../../../${path}`, import.meta.url)
}

function read(path: string): Promise<string> {
  return readFile(root(path), 'utf8')
}
