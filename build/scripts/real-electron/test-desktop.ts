import { ensureBuilt } from '../building/built.ts'
import { type Copy, makeCopy } from './copy.ts'
import { startDisplay } from './display.ts'
import { environmentOf } from './environment.ts'
import { prepareRuntime } from './runtime.ts'
import { asUser, normalUser } from './user.ts'

/** A copy of the checkout with Electron for tests in it, and a display that nobody sees. */
export interface TestDesktop extends Pick<Copy, 'root' | 'temp'> {
  /** Nothing of the person who runs it: no home, no session, no language. */
  readonly env: Readonly<Record<string, string>>
  /** In front of a command: runs it as a normal user, in a session of its own on the bus. */
  readonly prefix: readonly string[]
}

/** Makes one, and takes it away again when `use` has ended. Throws when the runtime cannot be prepared. */
export async function withTestDesktop<T>(checkout: string, use: (desktop: TestDesktop) => Promise<T>): Promise<T> {
  await ensureBuilt()
  const user = normalUser()
  const copy = makeCopy(checkout, await prepareRuntime(), user)
  try {
    const display = await startDisplay(asUser(user))
    try {
      const { root, temp } = copy
      const env = environmentOf(copy, display.name)
      return await use({ root, temp, env, prefix: [...asUser(user), 'dbus-run-session', '--'] })
    } finally {
      display.stop()
    }
  } finally {
    copy.remove()
  }
}
