import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { PersonError } from '#shared/text/person-error.ts'

/**
 * The first line of a file; `-` is standard input. Secrets are no arguments, because other programs can see a command's
 * arguments, and shells remember them.
 */
export async function readSecret(file: string): Promise<string> {
  const [line = ''] = (await contentOf(file)).split(/\r?\n/, 1)
  return line
}

async function contentOf(file: string): Promise<string> {
  if (file === '-') return text(process.stdin)
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new PersonError('file_not_readable', `Latchkey cannot read the file ${file}.`, { cause })
  }
}
