import { programName } from '../gateway/program-name.ts'

// Order matters: Android also calls itself Linux, and an iPhone calls itself like Mac OS X.
const SYSTEMS = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['Mac', /\bMac(?:intosh| OS X|OS)\b/],
  ['Linux', /\b(?:Linux|CrOS|X11)\b/],
] as const satisfies readonly (readonly [name: string, sign: RegExp])[]

export type DeviceSystem = (typeof SYSTEMS)[number][0]

/** Product names, which no language translates. null: the User-Agent does not tell. */
export interface DeviceProgram {
  readonly program: string | null
  readonly system: DeviceSystem | null
}

/** What a device says about itself in its User-Agent. */
export function deviceProgram(userAgent: string | null): DeviceProgram {
  if (userAgent === null) return { program: null, system: null }
  const name = programName(userAgent)
  const system = SYSTEMS.find(([, sign]) => sign.test(userAgent))?.[0] ?? null
  return { program: name === 'other' ? null : name, system }
}

/** True for a browser with its own list of authorities. Elsewhere Firefox trusts what the system trusts. */
export function hasOwnAuthorities({ program, system }: DeviceProgram): boolean {
  return program === 'Firefox' && (system === 'Linux' || system === 'Android' || system === null)
}
