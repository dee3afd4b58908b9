// Order matters: Edge, Opera and Brave also call themselves Chrome, and Chrome calls itself Safari.
const FAMILIES: readonly (readonly [family: string, pattern: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Electron', /\bElectron\//],
  ['Chrome', /\b(?:Headless)?(?:Chrome|Chromium|CriOS)\//],
  ['Safari', /\bSafari\//],
]
const PRODUCT = /^([A-Za-z][A-Za-z0-9 ._-]{0,39}?)(?:\/|$)/
const REMEMBERED = 500
/** No browser's header is longer, and a program's name is at its beginning. */
const LONGEST_READ = 400

const known = new Map<string, string>()

/** The family of a browser or program, such as `Chrome`, `curl`, `ollama-python`; never the whole header. */
export function userAgentFamily(header: string | undefined): string | null {
  if (header === undefined || header === '') return null
  return header.length > LONGEST_READ ? readFamily(header.slice(0, LONGEST_READ)) : rememberedFamily(header)
}

function rememberedFamily(header: string): string {
  const remembered = known.get(header)
  if (remembered !== undefined) return remembered
  const family = readFamily(header)
  if (known.size < REMEMBERED) known.set(header, family)
  return family
}

function readFamily(header: string): string {
  const browser = FAMILIES.find(([, pattern]) => pattern.test(header))
  return browser?.[0] ?? PRODUCT.exec(header)?.[1] ?? 'other'
}
