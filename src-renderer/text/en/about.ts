export const about = {
  licencesTitle: 'Licences',
  licencesText: 'Latchkey is free under the MIT licence, and built with the work of many others.',
  showLicences: 'Show their licences',
  noLicenceFile: (licence: string) => `This package has no licence file of its own. It says: ${licence}.`,
}
