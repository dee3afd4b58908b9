import { bold, bolded, sentence } from '../page/html.ts'
import type { TrustText } from '../text/trust-text.ts'
import { FILE, type Section } from './section.ts'

// Apple, “Change the trust settings of a certificate in Keychain Access on Mac” (support.apple.com/guide/keychain-access/kyca11871).

export function macosSection({ macos, steps }: TrustText, certificate: string): Section {
  const { labels } = macos
  const bolds = { ...bolded(labels), file: bold(FILE), certificate: bold(certificate) }
  return {
    title: macos.title,
    isOrdered: true,
    steps: [
      {
        text: sentence(macos.open(bolds)),
        download: 'certificate',
        picture: {
          frame: 'window',
          title: labels.app,
          rows: [
            { label: labels.keychain, kind: 'note' },
            { label: labels.login, isTarget: true },
          ],
          buttons: [{ label: labels.cancel }, { label: labels.add, isTarget: true }],
        },
      },
      {
        text: sentence(macos.trust(bolds)),
        picture: {
          frame: 'window',
          title: certificate,
          rows: [
            { label: labels.trust, kind: 'note' },
            { label: labels.using, kind: 'note' },
            { label: labels.always, isTarget: true },
          ],
        },
      },
      { text: sentence(macos.close) },
    ],
    notes: [
      {
        text: sentence(steps.terminal),
        commands: [
          `security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ~/Downloads/${FILE}`,
        ],
      },
      { text: sentence(steps.hash), commands: [`shasum -a 256 ~/Downloads/${FILE}`] },
      { text: sentence(macos.ipad) },
    ],
  }
}
