import type { Key } from '#shared/keys/key.ts'
import { linkAppName } from '#shared/keys/link-apps.ts'
import { NAMELESS_APP } from '#shared/keys/other-app.ts'
import type { DesktopText } from '../text/choose-text.ts'
import { keyName, originName } from './origin-name.ts'

/** The texts of the question about a key that another app than its own used, for the tray and the notification. */
export interface OtherAppWords {
  readonly title: string
  readonly wish: string
  readonly allowAny: string
  readonly onlyIts: string
}

export function otherAppWords(key: Key, text: DesktopText): OtherAppWords {
  const { otherApp } = text
  const app = linkAppName(key.app ?? '')
  const other = key.otherApp ?? NAMELESS_APP
  return {
    title: otherApp.title({ key: keyName(key), other: callerName(other, text) }),
    wish: otherApp.wish({ app }),
    allowAny: otherApp.allowAny,
    onlyIts: otherApp.onlyIts({ app }),
  }
}

/** A page is named by its origin, a program by the name that it sends. */
function callerName(otherApp: string, text: DesktopText): string {
  return otherApp === NAMELESS_APP ? text.otherApp.nameless : originName({ origin: otherApp, label: null }, text)
}
