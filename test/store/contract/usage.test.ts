import { afterAll, beforeAll, describe } from 'vitest'
import { usageContract } from './usage.contract.ts'
import { usageModelContract } from './usage-model.contract.ts'
import { reportContract } from './usage-reports.contract.ts'
import { USAGE_SUBJECTS } from './usage-subjects.ts'

for (const subject of USAGE_SUBJECTS) {
  const { name, whyNot } = subject
  if (whyNot !== undefined) console.log(`no tests of usage on ${name}: ${whyNot}`)
  describe.skipIf(whyNot !== undefined)(`usage on ${name}`, () => {
    beforeAll(() => subject.start())
    afterAll(() => subject.stop())
    usageContract(subject)
    usageModelContract(subject)
    reportContract(subject)
  })
}
