import { ensureBuilt } from '../building/built.ts'
import { type Copy, makeCopy } from './copy.ts'
import { startDisplay } from './display.ts'
import { environmentOf } from './environment.ts'
import { prepareRuntime } from './runtime.ts'
import { asUser, normalUser } from './user.ts'

/** A copy of the checkout with an Electron for tests, and a virtual display. */
export interface TestDesktop extends Pick<Copy, 'root' | 'temp'> {
  /** Hides the developer's home folder, session and language. */
  readonly env: Readonly<Record<string, string>>
  /** A command prefix that runs the rest as a user other than root, with its own session bus. */
  readonly prefix: readonly string[]
}

/** Creates a test desktop, and removes it when `use` has ended. Throws if the runtime cannot be prepared. */
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
