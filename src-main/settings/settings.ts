import { X509Certificate } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Settings, type SettingsPatch, settingsPatchSchema, settingsSchema } from '#shared/settings/settings.ts'
import { INPUT_SENTENCES, InvalidInput, parseInput } from '#shared/text/input-sentence.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { certificatesIn } from '#shared/upstreams/certificate.ts'
import type { Host, SettingsFile } from '../base/host.ts'
import { Sequencer } from '../base/sequencer.ts'

/** The settings of the person and the overrides of the command line for this run. */
export interface SettingsService {
  /** The settings in effect. A change replaces the object and never mutates it. */
  read(): Settings
  /** The stored settings, without overrides of the command line. */
  stored(): Settings
  /**
   * Writes a change, applies it, then puts it into effect; one change at a time. A changed setting also loses its
   * override from the command line, because the later choice counts. If `apply` rejects, nothing has changed, including
   * the file. Rejects with a PersonError (`settings_not_saved`, or that of `apply`).
   */
  change(patch: SettingsPatch, apply: Apply): Promise<Settings>
}

/** Carries out a change before it takes effect, such as moving to another port. */
export type Apply = (after: Settings, before: Settings) => Promise<void>

export interface SettingsOptions {
  readonly file: SettingsFile
  /** Overrides from the command line. They take precedence over the file and are not written to it. */
  readonly overrides: Host['overrides']
  /** Throws a PersonError for an invalid upstream address. */
  readonly checkUpstream: (address: string) => void
}

/** Reads the settings. Throws a PersonError `settings_damaged`, or `upstream_invalid` for an invalid override. */
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
 * A file that cannot be read is never replaced by defaults: it may block unknown sites, and the defaults would allow
 * them.
 */
function readFile(file: SettingsFile, checked: (settings: Settings) => Settings): Settings {
  try {
    return checked(parseInput(settingsSchema, file.read() ?? {}))
  } catch (error) {
    const isForPerson = error instanceof InvalidInput || error instanceof PersonError
    const detail = isForPerson ? ` (${error.message.replace(/\.$/, '')})` : ''
    const sentence = `Latchkey cannot read the settings in ${file.path}${detail}. Correct the file, or delete it to use the defaults.`
    throw new PersonError('settings_damaged', sentence, { cause: error })
  }
}

/** The schema checks the form. Whether an address or a certificate is valid is checked by the code that uses it. */
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
    const sentence = `Latchkey could not save the settings in ${file.path}. Check that the disk is not full and that the file is writable.`
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
