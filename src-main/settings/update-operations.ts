import type { UpdateState } from '#shared/settings/updates.ts'
import type { Updates } from '../base/host.ts'

export interface UpdateOperationsOptions {
  readonly updates: Updates | null
  readonly tell: (state: UpdateState) => void
}

const OFF: UpdateState = { status: 'off' }

/** The console's operations on updates. They do nothing if something else updates this program. */
export function createUpdateOperations({ updates, tell }: UpdateOperationsOptions) {
  updates?.onChange(tell)
  const state = () => updates?.state() ?? OFF
  return {
    state,
    async look() {
      await updates?.look()
      return state()
    },
    async load() {
      await updates?.load()
      return state()
    },
    async cancel() {
      await updates?.cancel()
      return state()
    },
    async install() {
      await updates?.install()
      return state()
    },
  }
}
