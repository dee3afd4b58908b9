import { X509Certificate } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Settings, type SettingsPatch, settingsPatchSchema, settingsSchema } from '#shared/settings/settings.ts'
import { INPUT_SENTENCES, InvalidInput, parseInput } from '#shared/text/input-sentence.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { certificatesIn } from '#shared/upstreams/certificate.ts'
import type { Host, SettingsFile } from '../base/host.ts'
import { Sequencer } from '../base/sequencer.ts'

/** What the person set, and what the command line set over it for this run. */
export interface SettingsService {
  /** As they are in effect. The object is replaced by a change, never mutated. */
  read(): Settings
  /** As they are kept, without what the command line said for this run. */
  stored(): Settings
  /**
   * Writes, then applies, then puts in effect; one change at a time. A setting changed here also ends what the command
   * line said about it: the later word counts. When `apply` rejects, nothing has changed and the file is as it was.
   * Rejects with a PersonError (`settings_not_saved`, or what `apply` says).
   */
  change(patch: SettingsPatch, apply: Apply): Promise<Settings>
}

/** Makes a change real before it counts, such as moving to another port. */
export type Apply = (after: Settings, before: Settings) => Promise<void>

export interface SettingsOptions {
  readonly file: SettingsFile
  /** Of the command line: win over the file, and are not written into it. */
  readonly overrides: Host['overrides']
  /** Throws a PersonError for what is no address of an upstream. */
  readonly checkUpstream: (address: string) => void
}

/** Reads the settings. Throws a PersonError `settings_damaged`, or `upstream_invalid` for what the command line says. */
export function openSettings({ file, overrides, checkUpstream }: SettingsOptions): SettingsService {
  const checked = (settings: Settings) => checkedWith(settings, checkUpstream)
  let stored = readFile(file, checked)
  let overriding: Partial<Settings> = overrides
  let inEffect = checked({ ...stored, ...overriding })
  const sequencer = new Sequencer()

  async function changeNow(patch: SettingsPatch, apply: Apply): Promise<Settings> {
    const before = inEffect
    const changed = differing(patch, before)
    if (Object.keys(changed).length === 0) return before
    const nextStored = { ...stored, ...changed }
    const nextOverriding = without(overriding, changed)
    const after = checked({ ...nextStored, ...nextOverriding })
    await save(file, nextStored)
    try {
      await apply(after, before)
    } catch (error) {
      await save(file, stored)
      throw error
    }
    stored = nextStored
    overriding = nextOverriding
    inEffect = after
    return after
  }

  return {
    read: () => inEffect,
    stored: () => stored,
    change: (patch, apply) => sequencer.queue(() => changeNow(patch, apply)),
  }
}

/**
 * A file that cannot be understood is never taken for defaults: it may have said to block every stranger, and the
 * defaults let them in.
 */
function readFile(file: SettingsFile, checked: (settings: Settings) => Settings): Settings {
  try {
    return checked(parseInput(settingsSchema, file.read() ?? {}))
  } catch (error) {
    const isForPerson = error instanceof InvalidInput || error instanceof PersonError
    const detail = isForPerson ? ` (${error.message.replace(/\.$/, '')})` : ''
    const sentence = `The settings in ${file.path} cannot be read${detail}: correct the file, or delete it to begin with the defaults.`
    throw new PersonError('settings_damaged', sentence, { cause: error })
  }
}

/** The schema looks at the spelling; whether it is an address or a certificate, only those who use it know. */
function checkedWith(settings: Settings, checkUpstream: SettingsOptions['checkUpstream']): Settings {
  if (settings.upstream !== null) checkUpstream(settings.upstream)
  if (settings.upstreamCertificate !== null) checkCertificates(settings.upstreamCertificate)
  return settings
}

function checkCertificates(pem: string): void {
  try {
    for (const certificate of certificatesIn(pem)) void new X509Certificate(certificate)
  } catch (error) {
    throw new PersonError('certificate_wrong', INPUT_SENTENCES.certificate_wrong, { cause: error })
  }
}

async function save(file: SettingsFile, settings: Settings): Promise<void> {
  try {
    await file.write(settings)
  } catch (error) {
    const sentence = `The settings could not be saved in ${file.path}: see that the disk has room and that the file may be written.`
    throw new PersonError('settings_not_saved', sentence, { cause: error, parts: { path: file.path } })
  }
}

function differing(patch: SettingsPatch, before: Settings): Partial<Settings> {
  const names = Object.keys(settingsPatchSchema.shape) as (keyof SettingsPatch)[]
  const changed = names.filter((name) => patch[name] !== undefined && !isDeepStrictEqual(patch[name], before[name]))
  return Object.fromEntries(changed.map((name) => [name, patch[name]]))
}

function without(settings: Partial<Settings>, names: object): Partial<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !(name in names)))
}
