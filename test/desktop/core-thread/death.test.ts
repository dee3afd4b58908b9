import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { type RunningDesktop, startDesktopApp } from '../support/running-desktop.ts'
import { watchThreads } from '../support/threads.ts'

const threads = watchThreads()
let desktop: RunningDesktop
beforeAll(async () => {
  desktop = await startDesktopApp()
})
afterAll(() => desktop.remove())

test('when the core’s thread dies, a sentence tells the person, who can restart Latchkey', async () => {
  expect(threads).toHaveLength(1)
  desktop.world.messageBoxAnswer = 0
  // As when it runs out of memory: from one moment to the next, with nothing closed.
  await threads[0]?.terminate()
  await until(() => desktop.world.exits.length > 0, 'the app to end')
  expect(desktop.world.messageBoxes).toMatchObject([
    {
      type: 'error',
      message: 'Latchkey has stopped because of an internal error',
      buttons: ['Start again', 'Quit Latchkey'],
    },
  ])
  expect([desktop.world.exits, desktop.world.startsAgain]).toEqual([[1], true])
  // Nothing that says that all is well is left on the screen.
  expect(desktop.world.trays[0]?.destroyed).toBe(true)
  expect(desktop.world.windows.at(-1)?.destroyed).toBe(true)
  expect(readFileSync(join(desktop.dataDir, 'latchkey.log'), 'utf8')).toContain('the core’s thread has ended')
})

test('a page that asks after that gets an error instead of waiting forever', async () => {
  await expect(desktop.ask('/api/state')).rejects.toThrow('thread ended')
})
