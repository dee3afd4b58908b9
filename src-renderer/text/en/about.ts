export const about = {
  updatesTitle: 'Updates',
  updatesFrom: (feed: string) => `Latchkey checks for updates once a day at ${feed}.`,
  updatesHint: 'You decide when one is installed, from the tray menu.',
  noUpdates: 'Latchkey does not check for updates: no address for them is set.',
  noUpdatesHint: 'If you know your way around, set “updateFeed” in the file settings.json in the data folder.',
  licencesTitle: 'Licences',
  licencesText: 'Latchkey is free under the MIT licence, and built with the work of many others.',
  showLicences: 'Show their licences',
  noLicenceFile: (licence: string) => `This package has no licence file of its own. It says: ${licence}.`,
}
