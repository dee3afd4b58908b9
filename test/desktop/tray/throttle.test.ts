import { expect, test } from 'vitest'
import { throttle } from '../../../src-main/desktop/tray/throttle.ts'

/** A clock that stands still until it is moved. */
function handClock() {
  let time = 0
  let due: { at: number; run: () => void }[] = []
  return {
    now: () => time,
    after(ms: number, run: () => void) {
      const timer = { at: time + ms, run }
      due.push(timer)
      return () => {
        due = due.filter((one) => one !== timer)
      }
    },
    move(ms: number) {
      time += ms
      const ripe = due.filter((one) => one.at <= time)
      due = due.filter((one) => one.at > time)
      for (const timer of ripe) timer.run()
    },
  }
}

function counted() {
  const clock = handClock()
  const runs: number[] = []
  return { clock, runs, throttled: throttle(() => runs.push(clock.now()), 250, clock) }
}

test('the first call runs at once', () => {
  const { runs, throttled } = counted()
  throttled.call()
  expect(runs).toEqual([0])
})

test('a storm of calls runs at most four times a second', () => {
  const { clock, runs, throttled } = counted()
  for (let ms = 0; ms < 1000; ms++) {
    throttled.call()
    clock.move(1)
  }
  expect(runs).toEqual([0, 250, 500, 750, 1000])
})

test('the last call of a storm is not lost', () => {
  const { clock, runs, throttled } = counted()
  throttled.call()
  clock.move(10)
  throttled.call()
  expect(runs).toEqual([0])
  clock.move(240)
  expect(runs).toEqual([0, 250])
  clock.move(1000)
  expect(runs).toEqual([0, 250])
})

test('a cancelled run does not come', () => {
  const { clock, runs, throttled } = counted()
  throttled.call()
  throttled.call()
  throttled.cancel()
  clock.move(1000)
  expect(runs).toEqual([0])
})
