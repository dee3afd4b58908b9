import { describeExtensionChats } from '../support/extension/chat-cases.ts'
import { startFirefoxAsker } from '../support/extension/firefox-asker.ts'
import { inFirefox } from '../support/firefox.ts'

inFirefox(() => describeExtensionChats(startFirefoxAsker))
