import type { about as en } from '../en/about.ts'

export const about: typeof en = {
  licencesTitle: 'Lizenzen',
  licencesText: 'Latchkey ist frei unter der MIT-Lizenz und gebaut mit der Arbeit vieler anderer.',
  showLicences: 'Ihre Lizenzen zeigen',
  noLicenceFile: (licence) => `Dieses Paket hat keine eigene Lizenzdatei. Es sagt: ${licence}.`,
}
