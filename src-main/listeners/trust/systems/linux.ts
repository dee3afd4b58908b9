import { bold, bolded, sentence } from '../page/html.ts'
import type { TrustText } from '../text/trust-text.ts'
import { FILE, type Section } from './section.ts'

// Labels of Chromium 156.
const CHROME_PAGE = 'chrome://certificate-manager'
const PEM = 'latchkey.pem'
/** update-ca-certificates(8) takes only files that end in `.crt`, and reads them as PEM. */
const DEBIAN = [`sudo cp ${PEM} /usr/local/share/ca-certificates/${FILE}`, 'sudo update-ca-certificates']
const FEDORA = [`sudo cp ${PEM} /etc/pki/ca-trust/source/anchors/`, 'sudo update-ca-trust']
const ARCH = [`sudo trust anchor --store ${PEM}`]

export function linuxSection({ linux, steps }: TrustText): Section {
  const { labels } = linux
  const bolds = { ...bolded(labels), page: bold(CHROME_PAGE) }
  return {
    title: linux.title,
    isOrdered: false,
    steps: [
      {
        text: sentence(linux.chrome(bolds)),
        download: 'certificate',
        picture: {
          frame: 'window',
          title: labels.manager,
          rows: [
            { label: labels.local, isTarget: true },
            { label: labels.installed, isTarget: true },
            { label: labels.trusted, kind: 'note' },
          ],
          buttons: [{ label: labels.importFile, isTarget: true }],
        },
      },
      { text: sentence(linux.firefox) },
      {
        text: sentence(linux.system({ family: bold('Debian, Ubuntu, Mint') })),
        download: 'pem',
        commands: DEBIAN,
      },
      { text: sentence(linux.onFamily({ family: bold('Fedora, Red Hat') })), commands: FEDORA },
      { text: sentence(linux.onFamily({ family: bold('Arch') })), commands: ARCH },
    ],
    notes: [{ text: sentence(steps.hash), commands: [`sha256sum ${FILE}`] }],
  }
}
