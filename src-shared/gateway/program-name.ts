// Order matters: Edge, Opera and Brave also call themselves Chrome, and Chrome calls itself Safari.
const BROWSERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Electron', /\bElectron\//],
  ['Chrome', /\b(?:Headless)?(?:Chrome|Chromium|CriOS)\//],
  ['Safari', /\bSafari\//],
]
const PRODUCT = /^([A-Za-z][A-Za-z0-9 ._-]{0,39}?)(?:\/|$)/

/** The name of the browser or program that sent a User-Agent, such as `Chrome`, `curl` or `other`. */
export function programName(userAgent: string): string {
  const browser = BROWSERS.find(([, pattern]) => pattern.test(userAgent))
  return browser?.[0] ?? PRODUCT.exec(userAgent)?.[1] ?? 'other'
}
