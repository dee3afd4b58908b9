import { expect, test } from 'vitest'
import { SharedLock } from '../../../src-main/base/shared-lock.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('work runs side by side, and begins at once', async () => {
  const lock = new SharedLock()
  const begun: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const both = ['one', 'two'].map((name) =>
    lock.shared(async () => {
      begun.push(name)
      await promise
    }),
  )
  expect(begun).toEqual(['one', 'two'])
  resolve()
  await Promise.all(both)
})

test('work that wants to be alone waits for what runs, and what comes later waits for it', async () => {
  const lock = new SharedLock()
  const order: string[] = []
  const running = Promise.withResolvers<void>()
  const alone = Promise.withResolvers<void>()
  const first = lock.shared(() => running.promise.then(() => order.push('first')))
  const swap = lock.exclusive(() => alone.promise.then(() => order.push('alone')))
  const later = lock.shared(async () => order.push('later'))
  await turn()
  expect(order).toEqual([])
  running.resolve()
  await first
  await turn()
  expect(order).toEqual(['first'])
  alone.resolve()
  await Promise.all([swap, later])
  expect(order).toEqual(['first', 'alone', 'later'])
})

test('work that fails lets the others go on, here and there', async () => {
  const lock = new SharedLock()
  const failing = lock.shared(() => Promise.reject(new Error('shared')))
  const swap = lock.exclusive(() => Promise.reject(new Error('alone')))
  await expect(failing).rejects.toThrow('shared')
  await expect(swap).rejects.toThrow('alone')
  expect(await lock.shared(async () => 'done')).toBe('done')
  expect(await lock.exclusive(async () => 'done')).toBe('done')
})
