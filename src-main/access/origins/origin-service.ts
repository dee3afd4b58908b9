import { redactSecrets } from '#shared/keys/secret.ts'
import { type OriginRecord, parseOrigin } from '#shared/origins/origin.ts'
import { isChangedElsewhere, isUnchanged, onFreshRow } from '#shared/records/fresh-row.ts'
import { boundedOrNull, RECORDED_TEXTS } from '#shared/records/recorded-text.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { checkVisible } from '#shared/text/visible-text.ts'
import { Sequencer } from '../../base/sequencer.ts'
import type { OriginStore } from '../ports.ts'
import { save } from '../save.ts'
import { newRecord, type OriginRegistry, withName } from './origin-registry.ts'

interface OriginServiceOptions {
  readonly registry: OriginRegistry
  readonly store: OriginStore
  readonly now: () => number
  /** Ends the running exchanges of this origin. */
  readonly revoke: (origin: string) => void
  readonly changed: () => void
}

/**
 * The person's decisions about origins. Allowing, naming and forgetting are written before they take effect; blocking
 * takes effect before it is written. All writes run one at a time, so that later counts never restore a forgotten
 * origin. Rejects with a PersonError for an invalid origin or a failed write.
 */
export class OriginService {
  readonly #options: OriginServiceOptions
  readonly #sequencer = new Sequencer()

  constructor(options: OriginServiceOptions) {
    this.#options = options
  }

  async list(): Promise<OriginRecord[]> {
    return this.#options.registry.records()
  }

  /** Also accepts an origin that never sent a request. */
  async decide(text: string, status: 'allowed' | 'blocked'): Promise<OriginRecord> {
    const origin = checkedOrigin(text)
    if (status === 'blocked') this.#block(origin)
    const blocks = this.#blocksOf(origin)
    const { registry, store, changed } = this.#options
    return await this.#inTurn(async () => {
      const decided = { ...this.#recordOf(origin), status, decidedBy: 'person' } as const
      await save(store.put(decided), status === 'blocked' ? 'site_blocked' : 'unchanged')
      // Counts may have changed meanwhile, and a block requested after an approval takes precedence.
      if (this.#blocksOf(origin) === blocks) registry.put({ ...this.#recordOf(origin), status, decidedBy: 'person' })
      else registry.decidedBeforeBlock(decided)
      return this.#seen(origin)
    }).catch((error: unknown) => {
      if (isUnchanged(error) && this.#blocksOf(origin) === blocks) registry.takeBackBlock(origin)
      changed()
      throw error
    })
  }

  /** null removes the person's label. Resolves to undefined for an unknown origin. */
  async label(text: string, label: string | null): Promise<OriginRecord | undefined> {
    const origin = checkedOrigin(text)
    checkVisible(label?.trim() ?? '')
    return await this.#inTurn(async () => {
      const { registry, store } = this.#options
      if (registry.find(origin) === undefined) return undefined
      const own = boundedOrNull(label?.trim() || null, RECORDED_TEXTS.origin.label)
      await save(store.put({ ...this.#recordOf(origin), label: own }), 'unchanged')
      registry.put({ ...this.#recordOf(origin), label: own })
      return this.#seen(origin)
    })
  }

  /** Removes an origin, as if it had never sent a request. Resolves to true if it was stored. */
  async forget(text: string): Promise<boolean> {
    const origin = checkedOrigin(text)
    const blocks = this.#blocksOf(origin)
    return await this.#inTurn(async () => {
      const { registry, store, changed } = this.#options
      if (registry.find(origin) === undefined) return false
      await save(store.remove(origin), 'unchanged')
      if (this.#blocksOf(origin) === blocks) registry.remove(origin)
      changed()
      return true
    })
  }

  /**
   * Imports records of origins that are not known here; others do not change. Resolves to the number imported. If
   * `write` rejects, none is imported.
   */
  async adopt(
    records: readonly OriginRecord[],
    write: (fresh: readonly OriginRecord[]) => Promise<void>,
  ): Promise<number> {
    const all = records.map(checkedArrival)
    // Not repeated here if another gateway was faster: then the caller's plan is out of date, too.
    return await this.#sequencer.queue(async () => {
      const { registry, changed } = this.#options
      const fresh = [...new Map(all.map((record) => [record.origin, record])).values()].filter(
        ({ origin }) => registry.find(origin) === undefined,
      )
      await write(fresh)
      // An origin that was blocked meanwhile stays blocked. One that was only seen gets the record of the file.
      for (const record of fresh) if (registry.find(record.origin)?.record.decidedBy !== 'person') registry.put(record)
      changed()
      return fresh.length
    })
  }

  /** Writes counts and policy results, after all earlier requests. Rejects like the store. */
  writeUnwritten(): Promise<void> {
    return this.#inTurn(async () => {
      const { registry, store } = this.#options
      const { seen, judgedAnew } = registry.takeUnwritten()
      if (seen.length > 0) await store.touch(seen)
      for (const record of judgedAnew) await store.put(record).catch(unlessDecidedElsewhere)
    })
  }

  #block(origin: string): void {
    const { registry, revoke, changed } = this.#options
    registry.block(this.#recordOf(origin))
    revoke(origin)
    changed()
  }

  #blocksOf(origin: string): number {
    return this.#options.registry.find(origin)?.blocks ?? 0
  }

  #recordOf(origin: string): OriginRecord {
    return this.#options.registry.find(origin)?.record ?? newRecord(origin, this.#options.now())
  }

  #seen(origin: string): OriginRecord {
    this.#options.changed()
    return withName(this.#recordOf(origin))
  }

  /** One queue for all origins, because a batch of counts contains many of them. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#sequencer.queue(() => onFreshRow(work))
  }
}

/** A decision of a person at another gateway counts more than the policy's result here. */
function unlessDecidedElsewhere(error: unknown): void {
  if (!isChangedElsewhere(error)) throw error
}

/** Only `allowed` and `blocked` are a person's decision; other imported statuses count as undecided. */
function checkedArrival(record: OriginRecord): OriginRecord {
  checkVisible(record.label ?? '')
  const decidedBy = record.status === 'pending' ? null : record.decidedBy
  return { ...record, decidedBy, origin: checkedOrigin(record.origin) }
}

function checkedOrigin(text: string): string {
  const origin = parseOrigin(text)
  if (origin !== undefined) return origin
  throw new PersonError(
    'origin_invalid',
    'A site looks like https://example.org or chrome-extension://abcdefgh, without a path.',
    { parts: { origin: redactSecrets(text) } },
  )
}
