import { expect, test, vi } from 'vitest'
import { pairingNotificationFor } from '../../../src-main/desktop/notifications/pairing-question.ts'
import {
  createQuestions,
  notificationFor,
  onlineNotificationFor,
  otherAppNotificationFor,
  type QuestionHandlers,
} from '../../../src-main/desktop/notifications/questions.ts'
import { DESKTOP_TEXTS } from '../../../src-main/desktop/text/choose-text.ts'
import { askingApp, askingKey, askingPerson, originWith } from '../support/records.ts'

const pending = originWith({ status: 'pending', origin: 'https://ask.example' })

function asked() {
  const shown: { title: string; handlers: QuestionHandlers; takeAway: () => void }[] = []
  const openSites = vi.fn()
  const openKeys = vi.fn()
  const decide = vi.fn()
  const setOnline = vi.fn()
  const setApp = vi.fn()
  const openPeople = vi.fn()
  const answerJoining = vi.fn()
  const openHome = vi.fn()
  const answerPairing = vi.fn()
  const questions = createQuestions({
    platform: 'linux',
    text: () => DESKTOP_TEXTS.en,
    show(text, handlers) {
      // A removed question closes, like a notification.
      const takeAway = vi.fn(() => handlers.onClose())
      shown.push({ title: text.title, handlers, takeAway })
      return takeAway
    },
    openSites,
    openKeys,
    decide,
    setOnline,
    setApp,
    openPeople,
    answerJoining,
    openHome,
    answerPairing,
  })
  return {
    shown,
    openSites,
    openKeys,
    decide,
    setOnline,
    setApp,
    openPeople,
    answerJoining,
    openHome,
    answerPairing,
    questions,
  }
}

test.each(['darwin', 'win32'] as const)(
  'a question names the site and what it wants, with buttons on %s',
  (platform) => {
    expect(notificationFor(originWith({ label: 'Page Assist' }), platform, DESKTOP_TEXTS.en)).toEqual({
      title: 'Let Page Assist in?',
      body: 'It has a valid key and wants to use Ollama through Latchkey.',
      buttons: ['Allow', 'Block'],
    })
  },
)

test('the question about an extension says what a block does not stop', () => {
  const { body } = notificationFor(originWith({ origin: 'safari-web-extension://x' }), 'darwin', DESKTOP_TEXTS.en)
  expect(body).toContain('To stop it from reading too, turn off its key.')
})

test('where a notification has no buttons it says that a click leads to them', () => {
  const { body, buttons } = notificationFor(pending, 'linux', DESKTOP_TEXTS.en)
  expect(buttons).toEqual([])
  expect(body).toContain('Click here to decide.')
})

test('one origin is asked about once, however often it calls', () => {
  const { questions, shown } = asked()
  for (let call = 0; call < 5; call++) questions.ask(pending)
  expect(shown.map((one) => one.title)).toEqual(['Let https://ask.example in?'])
})

test('a notification that was waved away does not come back', () => {
  const { questions, shown } = asked()
  questions.ask(pending)
  shown[0]?.handlers.onClose()
  questions.ask(pending)
  expect(shown).toHaveLength(1)
})

test('an origin that is no longer pending is not asked about', () => {
  const { questions, shown } = asked()
  questions.ask(originWith({ status: 'allowed' }))
  expect(shown).toHaveLength(0)
})

test('a decision elsewhere takes the notification away, and a later question may come again', () => {
  const { questions, shown } = asked()
  questions.ask(pending)
  questions.settle([{ ...pending, status: 'allowed' }])
  expect(shown[0]?.takeAway).toHaveBeenCalledOnce()
  questions.ask(pending)
  expect(shown).toHaveLength(2)
  // The first one's end, told late, is not the second one's.
  shown[0]?.handlers.onClose()
  questions.settle([])
  expect(shown[1]?.takeAway).toHaveBeenCalledOnce()
})

test('a decision about another origin leaves it', () => {
  const { questions, shown } = asked()
  questions.ask(pending)
  questions.settle([pending, originWith({})])
  expect(shown[0]?.takeAway).not.toHaveBeenCalled()
})

test('a click opens the sites, a button decides', () => {
  const { questions, shown, openSites, decide } = asked()
  questions.ask(pending)
  shown[0]?.handlers.onClick()
  expect(openSites).toHaveBeenCalledOnce()
  shown[0]?.handlers.onButton(0)
  shown[0]?.handlers.onButton(1)
  expect(decide.mock.calls).toEqual([
    ['https://ask.example', 'allowed'],
    ['https://ask.example', 'blocked'],
  ])
})

test('a key that wants to go online is named with what it wants, in both languages', () => {
  expect(onlineNotificationFor(askingKey(), 'darwin', DESKTOP_TEXTS.en)).toEqual({
    title: 'Let Page Assist use a model in Ollama’s cloud?',
    body: 'Its questions would then leave this computer.',
    buttons: ['Allow', 'Keep it here'],
  })
  const web = onlineNotificationFor(askingKey({ onlineQuestion: 'web' }), 'linux', DESKTOP_TEXTS.de)
  expect(web.title).toBe('Die Websuche über Ollama für Page Assist erlauben?')
  expect([web.body.includes('Klicke hier'), web.buttons]).toEqual([true, []])
})

test('a key is asked about once; its buttons answer, a click opens the keys', () => {
  const { questions, shown, openKeys, setOnline } = asked()
  questions.askOnline(askingKey({ onlineQuestion: 'answered' }))
  questions.askOnline(askingKey({ onlineQuestion: null }))
  expect(shown).toEqual([])
  questions.askOnline(askingKey())
  questions.askOnline(askingKey())
  expect(shown).toHaveLength(1)
  shown[0]?.handlers.onClick()
  shown[0]?.handlers.onButton(0)
  shown[0]?.handlers.onButton(1)
  expect(openKeys).toHaveBeenCalledOnce()
  expect(setOnline.mock.calls).toEqual([
    ['key_asking', true],
    ['key_asking', false],
  ])
})

test('an answer elsewhere takes the notification about a key away, and leaves those about sites', () => {
  const { questions, shown } = asked()
  questions.ask(pending)
  questions.askOnline(askingKey())
  questions.settleKeys([askingKey()])
  expect(shown[1]?.takeAway).not.toHaveBeenCalled()
  questions.settleKeys([askingKey({ onlineQuestion: 'answered' })])
  expect(shown[1]?.takeAway).toHaveBeenCalledOnce()
  expect(shown[0]?.takeAway).not.toHaveBeenCalled()
})

const movedKey = askingKey({ name: 'Chatbox', app: 'chatbox', onlineQuestion: null, otherApp: 'curl' })

test('a key that another app used is named with both apps', () => {
  expect(otherAppNotificationFor(movedKey, 'darwin', DESKTOP_TEXTS.en)).toEqual({
    title: 'Let curl use the key Chatbox?',
    body: 'The key was made for Chatbox. Another program uses it now.',
    buttons: ['Allow any app', 'Only Chatbox'],
  })
})

test('a program without a name is another program', () => {
  const { title } = otherAppNotificationFor({ ...movedKey, otherApp: 'other' }, 'linux', DESKTOP_TEXTS.en)
  expect(title).toBe('Let another program use the key Chatbox?')
})

test('a program’s own name is shown without invisible characters, and shortened', () => {
  const { title } = otherAppNotificationFor(
    { ...movedKey, otherApp: `a\u202eb${'x'.repeat(200)}` },
    'darwin',
    DESKTOP_TEXTS.en,
  )
  expect(title).toBe(`Let ab${'x'.repeat(45)}… use the key Chatbox?`)
})

test('about another app a key is asked once, beside the question whether it may go online', () => {
  const { questions, shown, openKeys, setApp } = asked()
  questions.askOtherApp({ ...movedKey, onlyItsApp: true })
  expect(shown).toEqual([])
  questions.askOnline({ ...movedKey, onlineQuestion: 'model' })
  questions.askOtherApp(movedKey)
  questions.askOtherApp(movedKey)
  expect(shown).toHaveLength(2)
  shown[1]?.handlers.onClick()
  shown[1]?.handlers.onButton(0)
  shown[1]?.handlers.onButton(1)
  expect(openKeys).toHaveBeenCalledOnce()
  expect(setApp.mock.calls).toEqual([
    ['key_asking', null],
    ['key_asking', 'chatbox'],
  ])
  questions.settleKeys([{ ...movedKey, onlineQuestion: 'model', app: null, otherApp: null }])
  expect(shown[1]?.takeAway).toHaveBeenCalledOnce()
  expect(shown[0]?.takeAway).not.toHaveBeenCalled()
})

test.each(['darwin', 'win32'] as const)('an app that asks shows its code beside the buttons on %s', (platform) => {
  expect(pairingNotificationFor(askingApp(), platform, DESKTOP_TEXTS.en)).toEqual({
    title: 'Chatbox asks for a key: 47-19',
    body: 'Allow it only if the app shows 47-19. The system names the program chatbox.',
    buttons: ['Allow', 'Decline'],
  })
})

test('an app that asks is answered by the buttons, and a click opens the window', () => {
  const { questions, shown, openHome, answerPairing } = asked()
  const request = askingApp()
  questions.askPairing(request)
  shown[0]?.handlers.onButton(1)
  shown[0]?.handlers.onClick()
  expect(answerPairing).toHaveBeenCalledWith(request, false)
  expect(openHome).toHaveBeenCalledOnce()
})

test('an app that no longer asks is taken away', () => {
  const { questions, shown } = asked()
  questions.askPairing(askingApp())
  questions.askPairing(askingApp({}, 'Zed'))
  questions.settlePairing(askingApp().id)
  expect(shown.map(({ takeAway }) => vi.mocked(takeAway).mock.calls.length)).toEqual([1, 0])
})

test('a person who asked to join is asked about once, until somebody has answered', () => {
  const { questions, shown, openPeople, answerJoining } = asked()
  questions.askJoining(askingPerson({ state: 'active' }))
  questions.askJoining(askingPerson())
  questions.askJoining(askingPerson())
  expect(shown.map(({ title }) => title)).toEqual(['Let Ada join?'])
  shown[0]?.handlers.onClick()
  expect(openPeople).toHaveBeenCalledOnce()
  shown[0]?.handlers.onButton(0)
  shown[0]?.handlers.onButton(1)
  expect(answerJoining.mock.calls).toEqual([
    ['person_ada', true],
    ['person_ada', false],
  ])
  questions.settlePeople([askingPerson()])
  expect(shown[0]?.takeAway).not.toHaveBeenCalled()
  questions.settlePeople([])
  expect(shown[0]?.takeAway).toHaveBeenCalledOnce()
})
