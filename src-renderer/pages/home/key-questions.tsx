import { ExpiringKeys } from '../../parts/questions/expiring-keys.tsx'
import { LimitQuestions } from '../../parts/questions/limit-questions.tsx'
import { OnlineQuestions } from '../../parts/questions/online-questions.tsx'
import { OtherAppQuestions } from '../../parts/questions/other-app-questions.tsx'

/** All that waits for the person's decision about a key. Shows nothing if nothing waits. */
export function KeyQuestions() {
  return (
    <>
      <OnlineQuestions />
      <OtherAppQuestions />
      <LimitQuestions />
      <ExpiringKeys />
    </>
  )
}
