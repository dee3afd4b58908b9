import type { PairingRequest } from '#shared/pairing/pairing.ts'
import type { DesktopText } from '../text/choose-text.ts'
import { appName, originName, programName } from './origin-name.ts'
import { type QuestionText, withButtons } from './question-text.ts'

/** The notification has the code beside its buttons, so that nobody allows a code that they could not compare. */
export function pairingNotificationFor(
  request: PairingRequest,
  platform: NodeJS.Platform,
  text: DesktopText,
): QuestionText {
  const { title, allowShort, decline } = text.pairing
  return withButtons(platform, text, {
    title: title({ app: appName(request), code: request.code }),
    body: pairingFacts(request, text).join(' '),
    hint: '',
    buttons: [allowShort, decline],
  })
}

/** Sentences on what to compare and on who asks. The app's own claim is not among them. */
export function pairingFacts({ code, asker }: PairingRequest, text: DesktopText): string[] {
  const { compare, device, site, program } = text.pairing
  const facts = [compare({ code })]
  // Nobody vouches for what another device says about itself.
  if (asker.device !== null) facts.push(device({ device: asker.device }))
  else if (asker.origin !== null) facts.push(site({ site: originName({ origin: asker.origin, label: null }, text) }))
  else if (asker.program !== null) facts.push(program({ program: programName(asker.program) }))
  return facts
}
