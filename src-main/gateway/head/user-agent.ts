import { programName } from '#shared/gateway/program-name.ts'

const REMEMBERED = 500
/** No browser's header is longer, and a program's name is at its beginning. */
const LONGEST_READ = 400

const known = new Map<string, string>()

/** The family of a browser or program, such as `Chrome`, `curl`, `ollama-python`; never the whole header. */
export function userAgentFamily(header: string | undefined): string | null {
  if (header === undefined || header === '') return null
  return header.length > LONGEST_READ ? programName(header.slice(0, LONGEST_READ)) : rememberedFamily(header)
}

function rememberedFamily(header: string): string {
  const remembered = known.get(header)
  if (remembered !== undefined) return remembered
  const family = programName(header)
  if (known.size < REMEMBERED) known.set(header, family)
  return family
}
