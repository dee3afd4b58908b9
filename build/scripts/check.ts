import { lineOf, runChecks } from './checking/checks.ts'

// `npm run check`: all checks, without tests.
const results = await runChecks((result) => console.log(lineOf(result)))
if (results.some(({ passed }) => !passed)) process.exitCode = 1
