import { bold, bolded, sentence } from '../page/html.ts'
import type { TrustText } from '../text/trust-text.ts'
import { FILE, type Section } from './section.ts'

// Google, “Add & remove certificates” (support.google.com/pixelphone/answer/2844832), Android 14 to 16. Apps that target
// Android 7 or later trust no such authority by default (developer.android.com/privacy-and-security/security-config).

export function androidSection({ android }: TrustText): Section {
  const { labels } = android
  const bolds = { ...bolded(labels), file: bold(FILE) }
  return {
    title: android.title,
    isOrdered: true,
    steps: [
      { text: sentence(android.download), download: 'certificate' },
      {
        text: sentence(android.find(bolds)),
        picture: {
          frame: 'phone',
          title: labels.settings,
          rows: [
            { label: labels.security, isTarget: true },
            { label: labels.more, isTarget: true },
            { label: labels.encryption, isTarget: true },
          ],
        },
      },
      {
        text: sentence(android.choose(bolds)),
        picture: {
          frame: 'phone',
          title: labels.install,
          rows: [{ label: labels.ca, isTarget: true }],
        },
      },
      {
        text: sentence(android.confirm(bolds)),
        picture: {
          frame: 'phone',
          title: labels.ca,
          rows: [{ label: labels.warning, kind: 'warning' }],
          buttons: [{ label: labels.dont }, { label: labels.anyway, isTarget: true }],
        },
      },
    ],
    notes: [{ text: sentence(android.apps) }],
  }
}
