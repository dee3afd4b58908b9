import { expect, test } from 'vitest'
import { Questions, type QuestionsOptions } from '../../../../src-main/headless/workers/questions.ts'

/** Two ends of one channel. */
function pair(answer: QuestionsOptions['answer']): readonly [Questions, Questions] {
  const here: Questions = new Questions({
    send: (message) => there.take(message),
    answer: () => Promise.reject(new Error()),
  })
  const there: Questions = new Questions({ send: (message) => here.take(message), answer })
  return [here, there]
}

test('each question gets its own answer, in any order', async () => {
  const waiting: (() => void)[] = []
  const [here] = pair((question) => new Promise((resolve) => waiting.push(() => resolve(`${question}!`))))
  const answers = [here.ask('alive', 10_000), here.ask('metrics', 10_000)]
  for (const answer of waiting.toReversed()) answer()
  expect(await Promise.all(answers)).toEqual(['alive!', 'metrics!'])
})

test('a failure arrives as an error', async () => {
  const [here] = pair(() => Promise.reject(new Error('no store')))
  await expect(here.ask('metrics', 10_000)).rejects.toThrow('no store')
})

test('nobody waits for a process that has ended, that cannot be reached or that is silent', async () => {
  const [here] = pair(() => new Promise(() => undefined))
  const asked = here.ask('alive', 10_000)
  here.close()
  await expect(asked).rejects.toThrow('has ended')
  await expect(here.ask('alive', 1)).rejects.toThrow('no answer')
  const cut = new Questions({
    send: () => {
      throw new Error('channel closed')
    },
    answer: () => Promise.resolve(),
  })
  await expect(cut.ask('alive', 10_000)).rejects.toThrow('has ended')
})
