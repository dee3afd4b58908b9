import { readFile } from 'node:fs/promises'

const LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]*)$/

/** Reads a file with one header per line, `Name: value`. Rejects without the content, which may be a secret. */
export async function readHeaders(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '')
  const headers = lines.map((line, index): [string, string] => {
    const [, name, value] = LINE.exec(line) ?? []
    if (name === undefined || value === undefined) throw new Error(`line ${index + 1} of ${file} is not a header`)
    return [name, value.trim()]
  })
  return Object.fromEntries(headers)
}
