import { describeConsoleJourney } from '../support/console-journey.ts'
import { Person } from '../support/person.ts'
import { inWebKit, launchWebKit } from '../support/webkit.ts'

inWebKit(() =>
  describeConsoleJourney(async () => {
    const { session, downloads, close } = await launchWebKit()
    return { person: new Person(session), downloads, close, advice: 'Safari asks nothing.' }
  }),
)
