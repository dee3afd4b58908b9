import { generateMessages } from './messages/generate.ts'

// `npm run messages`: makes typed modules from the message files, or prints the faults in the files.
const faults = generateMessages()
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
