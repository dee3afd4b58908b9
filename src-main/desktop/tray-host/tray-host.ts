import type { Log } from '../../base/log.ts'
import { type Environment, SessionBus } from './session-bus.ts'

/** https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierWatcher/ */
const WATCHER = 'org.kde.StatusNotifierWatcher'
const IS_HOST_THERE = {
  destination: WATCHER,
  path: '/StatusNotifierWatcher',
  interface: 'org.freedesktop.DBus.Properties',
  member: 'Get',
  body: [WATCHER, 'IsStatusNotifierHostRegistered'],
}
const HOST_SIGNALS = ['StatusNotifierHostRegistered', 'StatusNotifierHostUnregistered']
const OWNER_SIGNAL = 'NameOwnerChanged'
/** A desktop that does not answer must not hold up the start. */
const FIRST_ANSWER_MS = 1_000

/** The part of the desktop that shows tray icons. GNOME has none without an extension, and a panel can end or come later. */
export interface TrayHost {
  isThere(): boolean
  /** The one that is told of changes. */
  onChange(listener: () => void): void
  close(): void
}

export interface TrayHostOptions {
  readonly platform: NodeJS.Platform
  readonly env: Environment
  readonly log: Pick<Log, 'info'>
}

/** Resolves when it is known whether there is one, at the latest after a second. Never rejects, and polls nothing. */
export async function watchTrayHost({ platform, env, log }: TrayHostOptions): Promise<TrayHost> {
  // macOS and Windows always have a place for it.
  if (platform !== 'linux') return { isThere: () => true, onChange: () => {}, close: () => {} }
  const watch = new LinuxTrayHost(log)
  await Promise.race([watch.start(env), new Promise((resolve) => setTimeout(resolve, FIRST_ANSWER_MS))])
  return watch
}

class LinuxTrayHost implements TrayHost {
  readonly #log: TrayHostOptions['log']
  #bus: SessionBus | undefined
  #isThere = false
  #listener = () => {}
  /** Of two questions under way the later one knows better. */
  #asked = 0
  #closed = false

  constructor(log: TrayHostOptions['log']) {
    this.#log = log
  }

  isThere(): boolean {
    return this.#isThere
  }

  onChange(listener: () => void): void {
    this.#listener = listener
  }

  close(): void {
    this.#closed = true
    this.#bus?.close()
  }

  async start(env: Environment): Promise<void> {
    try {
      const bus = await SessionBus.connect({
        env,
        // Others are told to every connection, such as which name it got.
        onSignal: ({ member = '' }) => {
          // Also one that is back already has forgotten its icons.
          if (member === OWNER_SIGNAL) this.#take(false)
          if ([OWNER_SIGNAL, ...HOST_SIGNALS].includes(member)) void this.#ask(bus)
        },
        onEnd: () => this.#take(false),
      })
      this.#bus = bus
      if (this.#closed) return bus.close()
      await bus.listen({ sender: 'org.freedesktop.DBus', member: OWNER_SIGNAL, arg0: WATCHER })
      for (const member of HOST_SIGNALS) await bus.listen({ sender: WATCHER, interface: WATCHER, member })
      await this.#ask(bus)
    } catch (error) {
      this.#log.info({ error: String(error) }, 'it is not known whether this desktop shows tray icons')
    }
  }

  /** A watcher without a host collects icons and shows none. Electron asks for both, too. */
  async #ask(bus: SessionBus): Promise<void> {
    const asked = ++this.#asked
    // An error says that nobody has the name.
    const [value] = await bus.call(IS_HOST_THERE).catch(() => [false])
    if (asked === this.#asked) this.#take(value === true)
  }

  #take(isThere: boolean): void {
    if (this.#closed || isThere === this.#isThere) return
    this.#isThere = isThere
    this.#log.info({ isThere }, isThere ? 'this desktop shows tray icons' : 'this desktop shows no tray icons any more')
    this.#listener()
  }
}
