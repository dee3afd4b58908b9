import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { type Settings, type SettingsPatch, settingsPatchSchema } from '#shared/settings/settings.ts'
import { InvalidInput, parseInput } from '#shared/text/input-sentence.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { isBinary, textOfBinary } from '#shared/upstreams/certificate.ts'

export type SettingName = keyof SettingsPatch

/** Parses a setting's value from the command line. The core validates it. */
const READERS: { readonly [N in SettingName]-?: (text: string) => unknown } = {
  upstream: (text) => (text === 'default' ? null : text),
  upstreamCertificate: (text) => (text === 'off' || text === 'default' ? null : certificateFile(text)),
  gatewayPort: number,
  consolePort: number,
  unknownOrigins: asWritten,
  extraHosts: list,
  lan: (text) => (text === 'all' ? text : list(text)),
  lanTls: asWritten,
  lanCertificateFile: path,
  lanKeyFile: path,
  discovery: onOff,
  shareConsole: onOff,
  consoleUrl: (text) => (text === 'off' || text === 'default' ? null : text),
  registration: asWritten,
  localSignIn: onOff,
  providers: jsonList,
  ownerEmail: (text) => (text === 'off' || text === 'default' ? null : text),
  cookieCarrier: onOff,
  pairing: onOff,
  paused: onOff,
  retentionDays: number,
  databaseGraceMinutes: number,
  originsInMetrics: onOff,
  lookForUpdates: onOff,
  theme: asWritten,
  language: asWritten,
  cloudPrice: price,
}

export const SETTING_NAMES = Object.keys(READERS) as readonly SettingName[]

/** The value of a setting as a person wrote it, which the settings' schema has still to check. */
export function readSetting(name: SettingName, text: string): unknown {
  return READERS[name](text.trim())
}

/** Adds a `name=value` to the settings of a run. Throws commander's InvalidArgumentError. */
export function addSetting(text: string, others: Partial<Settings> = {}): Partial<Settings> {
  const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('Enter a name and a value, such as lanTls=off.')
  try {
    const patch: SettingsPatch = parseInput(settingsPatchSchema, {
      [settingName(name)]: readSetting(settingName(name), value),
    })
    return { ...others, ...(patch as Partial<Settings>) }
  } catch (error) {
    if (error instanceof InvalidInput || error instanceof PersonError) throw new InvalidArgumentError(error.message)
    throw error
  }
}

/** Throws a PersonError for an unknown name. */
export function settingName(name: string): SettingName {
  const known = Object.keys(settingsPatchSchema.shape).find((one) => one === name)
  if (known !== undefined) return known as SettingName
  throw new PersonError('no_such_setting', 'No setting has this name. List all settings with: latchkey settings list')
}

function asWritten(text: string): string {
  return text
}

/** Reads a certificate's file now. Latchkey stores its text, so the file may go away later. */
function certificateFile(path: string): string {
  try {
    const bytes = readFileSync(path)
    return isBinary(bytes[0]) ? textOfBinary(bytes.toString('base64')) : bytes.toString('utf8')
  } catch (error) {
    throw new PersonError('file_not_readable', `Latchkey cannot read the file ${path}.`, { cause: error })
  }
}

/** A path from here. Latchkey may run in another directory. */
function path(text: string): string | null {
  return text === 'off' || text === 'default' ? null : resolve(text)
}

function number(text: string): number | string {
  return /^\d{1,9}$/.test(text) ? Number(text) : text
}

function onOff(text: string): boolean | string {
  return text === 'on' || text === 'off' ? text === 'on' : text
}

function list(text: string): string[] {
  if (text === 'off') return []
  return text.split(',').filter((entry) => entry.trim() !== '')
}

/** A list in JSON, or `off`. The core refuses a text that is not JSON. */
function jsonList(text: string): unknown {
  if (text === 'off') return []
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Parses `2.5,10,USD`: the price of a million input tokens, of a million output tokens, and the currency. */
function price(text: string): unknown {
  if (text === 'off') return null
  const [prompt, completion, currency] = text.split(',')
  return { prompt: Number(prompt), completion: Number(completion), currency }
}
