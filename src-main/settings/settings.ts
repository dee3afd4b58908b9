import { X509Certificate } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Settings, type SettingsPatch, settingsPatchSchema, settingsSchema } from '#shared/settings/settings.ts'
import { INPUT_SENTENCES, InvalidInput, parseInput } from '#shared/text/input-sentence.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { certificatesIn } from '#shared/upstreams/certificate.ts'
import type { Host, SettingsFile } from '../base/host.ts'
import { Sequencer } from '../base/sequencer.ts'

/** Carries out a change before it takes effect, such as moving to another port. */
export type Apply = (after: Settings, before: Settings) => Promise<void>

export interface SettingsOptions {
  readonly file: SettingsFile
  /** Overrides from the command line. They take precedence over the file and are not written to it. */
  readonly overrides: Host['overrides']
  /** What this process makes of the settings, if it does not follow all of them. */
  readonly view?: (settings: Settings) => Settings
  /** Throws a PersonError for an invalid upstream address. */
  readonly checkUpstream: (address: string) => void
}

/** The settings of the person and the overrides of the command line for this run. */
export class SettingsService {
  readonly #options: SettingsOptions
  readonly #sequencer = new Sequencer()
  #stored: Settings
  #overriding: Partial<Settings>
  #inEffect: Settings

  /** Reads the settings. Throws a PersonError `settings_damaged`, or `upstream_invalid` for an invalid override. */
  constructor(options: SettingsOptions) {
    const { file, overrides, checkUpstream } = options
    this.#options = options
    this.#stored = readFile(file, (settings) => checkedWith(settings, checkUpstream))
    this.#overriding = overrides
    this.#inEffect = this.#effectOf(this.#stored, overrides)
  }

  /** The settings in effect. A change replaces the object and never mutates it. */
  read(): Settings {
    return this.#inEffect
  }

  /** The stored settings, without overrides of the command line. */
  stored(): Settings {
    return this.#stored
  }

  /** What the command line still overrides. */
  overriding(): Partial<Settings> {
    return this.#overriding
  }

  /**
   * Reads the file again, after another process has changed it, and applies it. Rejects like `change`, and then nothing has
   * changed.
   */
  reread(overriding: Partial<Settings>, apply: Apply): Promise<Settings> {
    return this.#sequencer.queue(async () => {
      const { file, checkUpstream } = this.#options
      const before = this.#inEffect
      const stored = readFile(file, (settings) => checkedWith(settings, checkUpstream))
      const after = this.#effectOf(stored, overriding)
      if (isDeepStrictEqual(after, before)) return before
      await apply(after, before)
      this.#stored = stored
      this.#overriding = overriding
      this.#inEffect = after
      return after
    })
  }

  #effectOf(stored: Settings, overriding: Partial<Settings>): Settings {
    const { checkUpstream, view = (settings) => settings } = this.#options
    return view(checkedWith({ ...stored, ...overriding }, checkUpstream))
  }

  /**
   * Writes a change, applies it, then puts it into effect; one change at a time. A changed setting also loses its
   * override from the command line, because the later choice counts. If `apply` rejects, nothing has changed, including
   * the file. Rejects with a PersonError (`settings_not_saved`, or that of `apply`).
   */
  change(patch: SettingsPatch, apply: Apply): Promise<Settings> {
    return this.#sequencer.queue(() => this.#changeNow(patch, apply))
  }

  async #changeNow(patch: SettingsPatch, apply: Apply): Promise<Settings> {
    const { file } = this.#options
    const before = this.#inEffect
    const changed = differing(patch, before)
    if (Object.keys(changed).length === 0) return before
    const stored = { ...this.#stored, ...changed }
    const overriding = without(this.#overriding, changed)
    const after = this.#effectOf(stored, overriding)
    await save(file, stored)
    try {
      await apply(after, before)
    } catch (error) {
      await save(file, this.#stored)
      throw error
    }
    this.#stored = stored
    this.#overriding = overriding
    this.#inEffect = after
    return after
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
