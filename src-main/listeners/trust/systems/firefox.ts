import { bold, bolded, sentence } from '../page/html.ts'
import type { TrustText } from '../text/trust-text.ts'
import { FILE, type Section } from './section.ts'

// Firefox for Android has these in English only, because they are meant for testers.
const ANDROID = { secret: 'Secret Settings', thirdPartyAndroid: 'Use third party CA certificates' }

/**
 * Labels of Firefox 153 (its own `preferences.ftl`). It trusts the system's list since version 120 on Windows and macOS
 * (support.mozilla.org/kb/automatically-trust-third-party-certificates), but never Linux's.
 */
export function firefoxSection({ firefox }: TrustText): Section {
  const { labels } = firefox
  const bolds = { ...bolded(labels), ...bolded(ANDROID), file: bold(FILE) }
  return {
    title: firefox.title,
    isOrdered: false,
    steps: [
      { text: sentence(firefox.desktop(bolds)) },
      {
        text: sentence(firefox.linux(bolds)),
        download: 'certificate',
        picture: {
          frame: 'window',
          title: labels.authorities,
          rows: [{ label: labels.websites, kind: 'choice', isTarget: true }],
          buttons: [{ label: labels.importFile, isTarget: true }],
        },
      },
      {
        text: sentence(firefox.android(bolds)),
        picture: {
          frame: 'phone',
          title: ANDROID.secret,
          rows: [{ label: ANDROID.thirdPartyAndroid, kind: 'switch', isTarget: true }],
        },
      },
    ],
    notes: [],
  }
}
