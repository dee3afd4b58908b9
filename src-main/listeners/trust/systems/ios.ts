import { bold, bolded, sentence } from '../page/html.ts'
import type { TrustText } from '../text/trust-text.ts'
import type { Section } from './section.ts'

// Apple, “Trust manually installed certificate profiles in iOS, iPadOS and visionOS” (support.apple.com/102390), iOS 18 and 26.

/** `certificate`: the name of the authority's certificate, which iOS shows. */
export function iosSection({ ios }: TrustText, certificate: string): Section {
  const { labels } = ios
  const bolds = { ...bolded(labels), certificate: bold(certificate) }
  return {
    title: ios.title,
    isOrdered: true,
    steps: [
      {
        text: sentence(ios.download(bolds)),
        download: 'profile',
        picture: {
          frame: 'phone',
          title: 'Safari',
          rows: [{ label: labels.ask, kind: 'note' }],
          buttons: [{ label: labels.ignore }, { label: labels.allow, isTarget: true }],
        },
      },
      {
        text: sentence(ios.install(bolds)),
        picture: {
          frame: 'phone',
          title: labels.installProfile,
          action: { label: labels.install, isTarget: true },
          rows: [
            { label: certificate, kind: 'note' },
            { label: labels.unsigned, kind: 'warning' },
            { label: labels.details },
          ],
        },
      },
      {
        text: sentence(ios.trust(bolds)),
        picture: {
          frame: 'phone',
          title: labels.trust,
          rows: [
            { label: labels.fullTrust, kind: 'note' },
            { label: certificate, kind: 'switch', isTarget: true },
          ],
        },
      },
    ],
    notes: [{ text: sentence(ios.unsigned(bolds)) }],
  }
}
