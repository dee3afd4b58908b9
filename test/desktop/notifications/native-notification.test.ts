import { beforeEach, expect, test, vi } from 'vitest'
import type { QuestionHandlers } from '../../../src-main/desktop/notifications/questions.ts'
import { world } from '../stand-in/world.ts'

vi.mock('electron', () => import('../stand-in/electron.ts'))
const { showQuestion, tell } = await import('../../../src-main/desktop/notifications/native-notification.ts')

beforeEach(() => {
  world.notifications.length = 0
})

function shown(buttons: readonly string[] = ['Allow', 'Block']) {
  const handlers = { onClick: vi.fn(), onButton: vi.fn(), onClose: vi.fn() } satisfies QuestionHandlers
  const takeAway = showQuestion({ title: 'Let it in?', body: 'It asks.', buttons }, handlers)
  const record = world.notifications.at(-1)
  if (record === undefined) throw new Error('nothing was shown')
  return { handlers, takeAway, record }
}

test('a question is shown with its buttons, and not so quietly that GNOME would put it away', () => {
  expect(shown().record).toMatchObject({
    shown: true,
    options: {
      title: 'Let it in?',
      urgency: 'normal',
      actions: [
        { type: 'button', text: 'Allow' },
        { type: 'button', text: 'Block' },
      ],
    },
  })
  expect(shown([]).record.options.actions).toEqual([])
})

test('which button was pressed is read where Electron 45 says it', () => {
  const { handlers, record } = shown()
  record.notification.emit('action', { actionIndex: 1, selectionIndex: -1 })
  expect(handlers.onButton).toHaveBeenCalledExactlyOnceWith(1)
})

test('one that Windows has moved to its notification centre can still be clicked and taken away', () => {
  const { handlers, takeAway, record } = shown()
  record.notification.emit('close', { reason: 'timedOut' })
  expect(handlers.onClose).not.toHaveBeenCalled()
  record.notification.emit('click', {})
  expect(handlers.onClick).toHaveBeenCalledOnce()
  takeAway()
  expect(record.closed).toBe(true)
})

test('one that the person waved away is over', () => {
  const { handlers, record } = shown()
  record.notification.emit('close', { reason: 'userCanceled' })
  expect(handlers.onClose).toHaveBeenCalledOnce()
})

test('news without a question is shown silently but visibly; a click can open a page', () => {
  const onClick = vi.fn()
  expect(tell('Done', 'It is done.', onClick)).toBe(true)
  const record = world.notifications.at(-1)
  expect(record).toMatchObject({ shown: true, options: { title: 'Done', silent: true, urgency: 'normal' } })
  record?.notification.emit('click', {})
  expect(onClick).toHaveBeenCalledOnce()
})
