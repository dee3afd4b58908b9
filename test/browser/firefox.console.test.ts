import { describeConsoleJourney } from '../support/console-journey.ts'
import { handOn, inFirefox, launchFirefox } from '../support/firefox.ts'
import { Person } from '../support/person.ts'
import { createTempDir } from '../support/temp-dir.ts'

inFirefox(() => describeConsoleJourney(open))

async function open() {
  const downloads = await createTempDir()
  const browser = await launchFirefox({
    preferences: {
      'browser.download.folderList': 2,
      'browser.download.dir': downloads.path,
      // It would take the focus from the page.
      'browser.download.alwaysOpenPanel': false,
    },
  })
  const person = new Person(handOn(await browser.newPage()))
  return {
    person,
    downloads: downloads.path,
    advice: 'Firefox asks whether the site may',
    close: async () => {
      await browser.close()
      await downloads.remove()
    },
  }
}
