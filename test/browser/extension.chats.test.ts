import { startAsker } from '../support/extension/asker.ts'
import { describeExtensionChats } from '../support/extension/chat-cases.ts'

describeExtensionChats(startAsker)
