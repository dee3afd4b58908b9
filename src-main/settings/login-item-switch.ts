import type { LoginItemState } from '#shared/settings/login-item.ts'
import { PersonError } from '#shared/text/person-error.ts'
import type { LoginItem } from '../base/host.ts'

export interface LoginItemSwitchOptions {
  readonly item: LoginItem | null
  /** Also updates the check box in the tray. */
  readonly onChange: () => void
}

/** The console's operations on the start at login. */
export function createLoginItemSwitch({ item, onChange }: LoginItemSwitchOptions) {
  const state = async (): Promise<LoginItemState> => ({ available: item !== null, on: (await item?.isOn()) ?? false })
  return {
    state,
    async change(on: boolean): Promise<LoginItemState> {
      if (item === null) throw new PersonError('login_item_unavailable', UNAVAILABLE)
      try {
        await item.set(on)
      } catch (error) {
        throw new PersonError('login_item_failed', FAILED, { cause: error })
      }
      onChange()
      return state()
    },
  }
}

const UNAVAILABLE = 'Latchkey is not installed as an app, so it cannot start at login.'
const FAILED =
  'The system did not allow Latchkey to change the start at login. Change it in the system’s own settings for login items.'
