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
/** Limits the wait for the first answer, because a desktop that does not answer must not delay the start. */
const FIRST_ANSWER_MS = 1_000

/**
 * The part of the desktop that shows tray icons. GNOME needs an extension for it, and a panel can end or start later.
 */
export interface TrayHost {
  isThere(): boolean
  /** Sets the one listener for changes. */
  onChange(listener: () => void): void
  close(): void
}

export interface TrayHostOptions {
  readonly platform: NodeJS.Platform
  readonly env: Environment
  readonly log: Pick<Log, 'info'>
}

/**
 * Resolves when it is known whether the desktop shows tray icons, after a second at the latest. Never rejects and never
 * polls.
 */
export async function watchTrayHost({ platform, env, log }: TrayHostOptions): Promise<TrayHost> {
  // macOS and Windows always show tray icons.
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
  /** Counts the questions: when two are open, the answer to the later one is used. */
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
        // The bus sends every connection other signals too, such as the name it was given.
        onSignal: ({ member = '' }) => {
          // A watcher that has already restarted no longer knows its icons.
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
      this.#log.info({ error: String(error) }, 'could not find out whether this desktop shows tray icons')
    }
  }

  /** A watcher without a host collects icons but shows none. Electron asks for both too. */
  async #ask(bus: SessionBus): Promise<void> {
    const asked = ++this.#asked
    // An error means that the name has no owner.
    const [value] = await bus.call(IS_HOST_THERE).catch(() => [false])
    if (asked === this.#asked) this.#take(value === true)
  }

  #take(isThere: boolean): void {
    if (this.#closed || isThere === this.#isThere) return
    this.#isThere = isThere
    this.#log.info({ isThere }, isThere ? 'this desktop shows tray icons' : 'this desktop no longer shows tray icons')
    this.#listener()
  }
}
