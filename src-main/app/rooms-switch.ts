import type { Revocation } from '#shared/gateway/decisions.ts'
import type { Restored } from '#shared/records/backup.ts'
import { PersonError } from '#shared/text/person-error.ts'
import { type Problem, problem } from '#shared/text/problem.ts'
import { Revocations } from '../access/revocations.ts'
import { Sequencer } from '../base/sequencer.ts'
import type { ReadyRestore } from '../store/sqlite/file/backups.ts'
import { lostRights, type Rights, rightsIn } from './lost-rights.ts'
import { openRooms, type Rooms, type RoomsOptions } from './rooms.ts'

export interface SwitchOptions extends RoomsOptions {
  /** `isShut` says something else now. */
  readonly onShut: () => void
  /** Another file is open: all that was read from the one before is out of date. */
  readonly onReplaced: () => void
}

type Note = (rooms: Pick<Rooms, 'access' | 'usage'>) => void

const LOST = 'Latchkey’s data file could not be opened again, so every request is refused: quit Latchkey and start it.'

const UNUSABLE =
  'Latchkey cannot work with this backup, so the file before it is in place again and nothing was changed.'

/** Holds the rooms that are open, and puts others in their place when a backup replaces the file under them. */
export class RoomsSwitch {
  readonly #options: SwitchOptions
  readonly #revocations: Revocations
  #rooms: Rooms
  #state: 'open' | 'shut' | 'lost' = 'open'
  #isStarted = false
  readonly #restores = new Sequencer()
  /** Resolves when the restore under way is over. */
  #restoring: Promise<void> | undefined
  readonly #asked = new Set<Promise<unknown>>()
  #noted: Note[] = []

  static async open(options: SwitchOptions): Promise<RoomsSwitch> {
    return new RoomsSwitch(options, await openRooms(options))
  }

  private constructor(options: SwitchOptions, rooms: Rooms) {
    this.#options = options
    this.#revocations = new Revocations({ log: options.host.log })
    this.#rooms = this.#heard(rooms)
  }

  /** While they are shut, those before: what is in their memory still answers. */
  get rooms(): Rooms {
    return this.#rooms
  }

  /** Whether nobody may come in, because the file is being replaced or could not be opened again. */
  get isShut(): boolean {
    return this.#state !== 'open'
  }

  notices(): readonly Problem[] {
    return this.#state === 'lost' ? [problem('store_lost', LOST, {})] : this.#rooms.notices()
  }

  onRevoked(listener: (revocation: Revocation) => void): () => void {
    return this.#revocations.on(listener)
  }

  /** At once; while a backup is put in place, after that. */
  async ask<T>(work: (rooms: Rooms) => Promise<T>): Promise<T> {
    while (this.#restoring !== undefined) await this.#restoring
    if (this.#state === 'lost') throw new PersonError('store_lost', LOST)
    const answer = work(this.#rooms)
    const forget = () => this.#asked.delete(settled)
    const settled: Promise<unknown> = answer.then(forget, forget)
    this.#asked.add(settled)
    return answer
  }

  /** At once; what is to be noted while the rooms are shut goes into the file that is there then. */
  note(work: Note): void {
    if (this.#state === 'open') work(this.#rooms)
    else this.#noted.push(work)
  }

  start(): void {
    this.#isStarted = true
    this.#rooms.usage.start()
  }

  /**
   * Puts a backup in place of the data file, which becomes a backup itself. For that moment nobody comes in; then keys
   * and sites are as they were, and what runs with a key that is not as it was has ended. Resolves to undefined for a
   * backup that is not there. When it rejects, everything is as before; if not even the file that was there could be
   * opened again, nobody comes in any more, and `notices` says so.
   */
  restore(name: string): Promise<Restored | undefined> {
    return this.#restores.queue(() => this.#restore(name))
  }

  async close(): Promise<void> {
    await this.#restores.settled()
    if (this.#state !== 'lost') await this.#rooms.close()
  }

  async #restore(name: string): Promise<Restored | undefined> {
    const ready = await this.ask(({ backups }) => backups.layReady(name))
    if (ready === undefined) return undefined
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#restoring = promise
    try {
      // A change half written would be neither in the file that goes nor in the one that comes.
      await Promise.all(this.#asked)
      await this.#replace(ready)
    } finally {
      this.#restoring = undefined
      resolve()
    }
    this.#options.onReplaced()
    return { done: true, replaced: ready.replaced }
  }

  async #replace(ready: ReadyRestore): Promise<void> {
    const before = await rightsIn(this.#rooms.access)
    this.#turn('shut')
    try {
      await this.#rooms.close()
      await this.#openAgain(before)
    } catch (err) {
      const { log } = this.#options.host
      log.error({ err }, 'a backup could not be put in place, so the file before it is opened again')
      ready.undo()
      await this.#openAgain(before)
      throw err instanceof PersonError ? err : new PersonError('backup_unusable', UNUSABLE, { cause: err })
    } finally {
      if (this.#state === 'shut') this.#turn('lost')
    }
  }

  async #openAgain(before: Rights): Promise<void> {
    this.#rooms = this.#heard(await openRooms(this.#options))
    if (this.#isStarted) this.#rooms.usage.start()
    for (const note of this.#noted.splice(0)) note(this.#rooms)
    for (const lost of lostRights(before, await rightsIn(this.#rooms.access))) this.#revocations.tell(lost)
    this.#turn('open')
  }

  #heard(rooms: Rooms): Rooms {
    rooms.access.onRevoked((revocation) => this.#revocations.tell(revocation))
    return rooms
  }

  #turn(to: 'open' | 'shut' | 'lost'): void {
    this.#state = to
    this.#options.onShut()
  }
}
