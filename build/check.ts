import { lineOf, runChecks } from './checks.ts'

// `npm run check`: everything but the tests.
const results = await runChecks((result) => console.log(lineOf(result)))
if (results.some(({ passed }) => !passed)) process.exitCode = 1
