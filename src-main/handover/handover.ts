import { HANDOVER_APP_IDS, type HandoverAppId, handoverApp } from '#shared/handover/apps.ts'
import type {
  Applied,
  ApplyRequest,
  HandoverPlan,
  HandoverState,
  NamedKey,
  PlanRequest,
  Undone,
  UndoRequest,
} from '#shared/handover/handover.ts'
import { newKeySchema } from '#shared/keys/key.ts'
import { Sequencer } from '../base/sequencer.ts'
import { type Environment, joinOn } from './app-folders.ts'
import { CONFIG_FILES } from './config-files.ts'
import { isInstalled } from './find-apps.ts'
import { boundsOf, type Planned, prepare } from './planner.ts'
import type { HandoverPorts } from './ports.ts'
import { type HandoverRecord, RecordStore } from './record-store.ts'
import { refusal } from './refusals.ts'
import { restoreFiles, stateOf } from './undo.ts'
import { writeAll } from './write-all.ts'

interface HandedKey extends NamedKey {
  readonly secret: string
  /** True if the key was created for this hand-over, false if it was given. */
  readonly made: boolean
  /** True if this hand-over allowed the key in addresses. */
  readonly allowedInUrl: boolean
}

/** Connects apps by writing their configuration files, and undoes that. Handles one change at a time. */
export class Handover {
  readonly #ports: HandoverPorts
  readonly #records: RecordStore
  readonly #changes = new Sequencer()

  constructor(ports: HandoverPorts) {
    this.#ports = ports
    this.#records = new RecordStore(ports.dataDir)
  }

  /** All apps that can be connected, whether they are installed or not. */
  list(): Promise<HandoverState[]> {
    return this.#changes.queue(() => Promise.all(HANDOVER_APP_IDS.map((app) => this.#stateOf(app))))
  }

  /** Returns the planned changes without making them. Rejects with a PersonError. */
  plan(request: PlanRequest): Promise<HandoverPlan> {
    return this.#changes.queue(async () => (await this.#prepare(request)).plan)
  }

  /**
   * Writes the changes that the plan showed. If it rejects with a PersonError, all files are unchanged, and a key
   * created for this is deleted.
   */
  apply(request: ApplyRequest): Promise<Applied> {
    return this.#changes.queue(() => this.#apply(request))
  }

  /** Restores the earlier content byte for byte, and deletes the key if asked. Rejects with a PersonError. */
  undo({ app, key }: UndoRequest): Promise<Undone> {
    return this.#changes.queue(async () => {
      const record = await this.#records.read(app)
      if (record === undefined) throw refusal('handover_not_connected', { app: handoverApp(app).name })
      await restoreFiles(record, this.#records, boundsOf(app, this.#environment()))
      const named = { id: record.keyId, name: this.#ports.keys.nameOf(record.keyId) }
      const deleted = key === 'delete' && (await this.#ports.keys.delete(record.keyId))
      await this.#records.remove(app)
      return { state: await this.#stateOf(app), key: named, deleted }
    })
  }

  async #apply(request: ApplyRequest): Promise<Applied> {
    const { app } = request
    const planned = await this.#prepare(request)
    if (planned.plan.seen !== request.seen) throw refusal('handover_plan_old')
    const earlier = await this.#records.read(app)
    const { secret, made, allowedInUrl, ...key } = await this.#keyFor(request)
    try {
      const changes = planned.withKey(secret)
      const { now, log } = this.#ports
      const bounds = boundsOf(app, this.#environment())
      await writeAll({ app, keyId: key.id, changes, earlier, records: this.#records, bounds, time: now(), log })
    } catch (error) {
      if (made) await this.#ports.keys.forget(key.id)
      if (allowedInUrl) await this.#ports.keys.allowInUrl(key.id, false)
      throw error
    }
    await this.#records.tidy(app)
    return {
      state: await this.#stateOf(app),
      key,
      made,
      allowedInUrl,
      replaced: await this.#deleteReplaced(earlier, key.id),
    }
  }

  async #prepare(request: PlanRequest): Promise<Planned> {
    const address = this.#ports.address()
    const known = request.models === undefined ? await this.#ports.models() : []
    return prepare({ ...request, address, known, environment: this.#environment() })
  }

  /** The key that the page just created, or a new one. */
  async #keyFor({ app, key: given }: ApplyRequest): Promise<HandedKey> {
    const { keys } = this.#ports
    const { name, keyInAddress = false } = handoverApp(app)
    if (given === undefined) {
      const { id, secret } = await keys.create(newKeySchema.parse({ name, allowInUrl: keyInAddress }))
      return { id, name, secret, made: true, allowedInUrl: false }
    }
    const known = keys.identify(given.secret)
    if (known?.id !== given.id) throw refusal('handover_key_wrong')
    const allowedInUrl = keyInAddress && !known.allowInUrl
    if (allowedInUrl) await keys.allowInUrl(known.id, true)
    return { id: known.id, name: known.name, secret: given.secret, made: false, allowedInUrl }
  }

  async #deleteReplaced(earlier: HandoverRecord | undefined, keyId: string): Promise<NamedKey | null> {
    if (earlier === undefined || earlier.keyId === keyId) return null
    const { keys } = this.#ports
    const replaced = { id: earlier.keyId, name: keys.nameOf(earlier.keyId) }
    return (await keys.delete(earlier.keyId)) ? replaced : null
  }

  async #stateOf(app: HandoverAppId): Promise<HandoverState> {
    const { environment } = this.#ports
    const found = environment !== null && (await isInstalled(app, environment))
    const record = await this.#records.read(app)
    const shared = { app, name: handoverApp(app).name, found }
    if (record === undefined || environment === null) {
      const files = environment === null ? [] : usualFiles(app, environment).map((path) => ({ path, backup: null }))
      return { ...shared, files, state: 'none', connectedAt: null, keyId: null }
    }
    const files = record.files.map(({ path, backup }) => ({
      path,
      backup: backup === null ? null : this.#records.pathOf(backup),
    }))
    const state = await stateOf(record, boundsOf(app, environment))
    return { ...shared, files, state, connectedAt: record.time, keyId: record.keyId }
  }

  #environment(): Environment {
    const { environment } = this.#ports
    if (environment === null) throw refusal('handover_no_home')
    return environment
  }
}

/** The files to create if none exist. */
function usualFiles(app: HandoverAppId, environment: Environment): string[] {
  const { files } = CONFIG_FILES[app]
  return files.map(({ names }) => joinOn(environment)(CONFIG_FILES[app].folder(environment), names[0]))
}
