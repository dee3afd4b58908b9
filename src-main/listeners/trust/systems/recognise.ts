import { SYSTEMS, type System } from './section.ts'

/** In this order: iPhones say “like Mac OS X”, and Android says “Linux”. */
const SIGNS: readonly (readonly [System, RegExp])[] = [
  ['ios', /\b(?:iPhone|iPad|iPod)\b/],
  ['android', /\bAndroid\b/],
  ['windows', /\bWindows NT\b/],
  ['macos', /\bMacintosh\b/],
  // ChromeOS trusts what its Chrome trusts.
  ['linux', /\b(?:Linux|X11|CrOS)\b/],
]

/** Firefox on iOS says `FxiOS` and trusts what the system trusts. */
const FIREFOX = /\bFirefox\/\d/

/**
 * The visitor's system by its User-Agent, and Firefox if it is that and has its own list. None if the header says nothing.
 * An iPad says that it is a Mac.
 */
export function recognise(userAgent: string | undefined): readonly System[] {
  const text = userAgent?.slice(0, 500) ?? ''
  const system = SIGNS.find(([, sign]) => sign.test(text))?.[0]
  return [...(system === undefined ? [] : [system]), ...(FIREFOX.test(text) ? ['firefox' as const] : [])]
}

/** All systems, the visitor's first. */
export function ordered(first: readonly System[]): readonly System[] {
  return [...first, ...SYSTEMS.filter((system) => !first.includes(system))]
}
