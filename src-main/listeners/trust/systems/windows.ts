import { bold, bolded, sentence } from '../page/html.ts'
import type { TrustText } from '../text/trust-text.ts'
import { FILE, type Section } from './section.ts'

/** Windows 10 and 11, for the current user, which needs no administrator. */
export function windowsSection({ windows, steps }: TrustText, certificate: string): Section {
  const { labels } = windows
  const bolds = { ...bolded(labels), file: bold(FILE) }
  return {
    title: windows.title,
    isOrdered: true,
    steps: [
      {
        text: sentence(windows.open(bolds)),
        download: 'certificate',
        picture: {
          frame: 'window',
          title: labels.certificateTitle,
          rows: [{ label: certificate, kind: 'note' }],
          buttons: [{ label: labels.install, isTarget: true }],
        },
      },
      {
        text: sentence(windows.store(bolds)),
        picture: {
          frame: 'window',
          title: labels.wizard,
          rows: [
            { label: labels.user, kind: 'choice', isTarget: true },
            { label: labels.computer, kind: 'choice' },
            { label: labels.place, kind: 'choice', isTarget: true },
            { label: labels.root, isTarget: true },
          ],
        },
      },
      {
        text: sentence(windows.finish(bolds)),
        picture: {
          frame: 'window',
          title: labels.warning,
          rows: [{ label: certificate, kind: 'note' }],
          buttons: [{ label: labels.yes, isTarget: true }, { label: labels.no }],
        },
      },
    ],
    notes: [{ text: sentence(windows.thumbprint) }, { text: sentence(steps.hash), commands: [`Get-FileHash ${FILE}`] }],
  }
}
