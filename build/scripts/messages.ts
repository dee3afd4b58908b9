import { generateMessages } from './messages/generate.ts'

// `npm run messages`: makes the typed modules of the message files, or says what is wrong with the files.
const faults = generateMessages()
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
