import { expect, test } from 'vitest'
import { SpacedLook } from '../../../src-main/base/spaced-look.ts'

function openLook() {
  const begun: PromiseWithResolvers<void>[] = []
  const spaced = new SpacedLook({
    monotonic: () => performance.now(),
    look() {
      const running = Promise.withResolvers<void>()
      begun.push(running)
      return running.promise
    },
  })
  return { spaced, begun }
}

test('all who ask at once share one look', async () => {
  const { spaced, begun } = openLook()
  const asked = Array.from({ length: 1000 }, () => spaced.look())
  await expect.poll(() => begun.length).toBe(1)
  begun[0]?.resolve()
  await Promise.all(asked)
  expect(begun).toHaveLength(1)
})

test('who asks while a look runs waits for one that begins later', async () => {
  const { spaced, begun } = openLook()
  const first = spaced.look()
  await expect.poll(() => begun.length).toBe(1)
  let isDone = false
  const later = Promise.all([spaced.look(), spaced.look()]).then(() => (isDone = true))
  begun[0]?.resolve()
  await first
  await expect.poll(() => begun.length).toBe(2)
  expect(isDone).toBe(false)
  begun[1]?.resolve()
  await later
})

test('a look that fails rejects for those who share it, and not for later ones', async () => {
  const { spaced, begun } = openLook()
  const failing = Promise.allSettled([spaced.look(), spaced.look()])
  await expect.poll(() => begun.length).toBe(1)
  begun[0]?.reject(new Error('away'))
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  const next = spaced.look()
  await expect.poll(() => begun.length).toBe(2)
  begun[1]?.resolve()
  await next
})
