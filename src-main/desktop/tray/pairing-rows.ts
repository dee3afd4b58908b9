import type { PairingChoice, PairingRequest } from '#shared/pairing/pairing.ts'
import { appName } from '../notifications/origin-name.ts'
import { pairingFacts } from '../notifications/pairing-question.ts'
import type { DesktopText } from '../text/choose-text.ts'
import { HOME, type Page } from '../window/pages.ts'
import { escaped, type MenuRow, row } from './menu-row.ts'

interface PairingActions {
  open(page: Page): void
  answerPairing(choice: PairingChoice, isAllowed: boolean): void
}

/** One row per app that asks for a key. The row has the code to compare, and its submenu has the answers. */
export function pairingRows(asking: readonly PairingRequest[], text: DesktopText, actions: PairingActions): MenuRow[] {
  const { pairing } = text
  return asking.map((request) => ({
    label: escaped(pairing.title({ app: appName(request), code: request.code })),
    submenu: [
      ...pairingFacts(request, text).map((fact) => ({ label: escaped(fact), enabled: false })),
      row(pairing.allow, () => actions.answerPairing(request, true)),
      row(pairing.decline, () => actions.answerPairing(request, false)),
      row(pairing.open, () => actions.open(HOME)),
    ],
  }))
}
