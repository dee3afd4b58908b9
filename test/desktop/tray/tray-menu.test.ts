import { describe, expect, test, vi } from 'vitest'
import type { Key } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import { DESKTOP_TEXTS } from '../../../src-main/desktop/text/choose-text.ts'
import { chooseShown, type MenuFacts } from '../../../src-main/desktop/tray/menu-facts.ts'
import type { MenuRow } from '../../../src-main/desktop/tray/menu-row.ts'
import { type TrayActions, type TrayView, trayMenu } from '../../../src-main/desktop/tray/tray-menu.ts'
import { trayLookOf, trayStateOf } from '../../../src-main/desktop/tray/tray-state.ts'
import { askingApp, askingKey, askingPerson, originWith, stateWith } from '../support/records.ts'

function actions(): TrayActions {
  return {
    open: vi.fn(),
    copyAddress: vi.fn(),
    decide: vi.fn(),
    blockWithKey: vi.fn(),
    setOnline: vi.fn(),
    setApp: vi.fn(),
    answerJoining: vi.fn(),
    answerPairing: vi.fn(),
    pauseForAnHour: vi.fn(),
    pauseUntilResumed: vi.fn(),
    resume: vi.fn(),
    setLoginItem: vi.fn(),
    lookForUpdate: vi.fn(),
    loadUpdate: vi.fn(),
    cancelUpdate: vi.fn(),
    installUpdate: vi.fn(),
    copyDiagnostics: vi.fn(),
    quit: vi.fn(),
  }
}

interface Shown extends TrayView {
  readonly origins: readonly OriginRecord[]
  readonly keys: readonly Key[]
  readonly extensionKeys: MenuFacts['extensionKeys']
  readonly joining: MenuFacts['joining']
  readonly pairings: MenuFacts['pairings']
}

function view(shown: Partial<Shown> = {}): TrayView {
  const { origins = [], keys = [], extensionKeys = new Map(), joining = [], pairings = [], ...change } = shown
  return {
    state: stateWith({}),
    facts: { ...chooseShown(origins, keys), extensionKeys, joining, pairings },
    paused: false,
    loginItem: false,
    update: { status: 'off' },
    clockTime: (moment) => `time ${moment}`,
    text: DESKTOP_TEXTS.en,
    ...change,
  }
}

function labels(rows: readonly MenuRow[]): string[] {
  return rows.map((row) => (row.type === 'separator' ? '-' : (row.label ?? '')))
}

function find(rows: readonly MenuRow[], label: string): MenuRow {
  const found = rows.find((row) => row.label === label)
  if (found === undefined) throw new Error(`no row ${label} among ${labels(rows).join(', ')}`)
  return found
}

function sites(rows: readonly MenuRow[]): readonly MenuRow[] {
  return find(rows, 'Sites && extensions').submenu ?? []
}

test('everything a person can do is in the menu', () => {
  expect(labels(trayMenu(view(), actions()))).toEqual([
    'Latchkey is running',
    'http://localhost:11500',
    '-',
    'Open Latchkey',
    'New key…',
    'Copy address',
    'Sites && extensions',
    '-',
    'Pause for 1 hour',
    'Pause until I resume',
    '-',
    'Start at login',
    'Copy diagnostics',
    'Quit Latchkey',
  ])
})

describe('the state line and the icon say what is the matter', () => {
  test.each([
    ['running', { state: stateWith({}) }, 'Latchkey is running', 'running'],
    ['an upstream that is down', { state: stateWith({ reachable: false }) }, 'Ollama does not answer', 'upstream-down'],
    ['paused', { state: stateWith({ status: 'paused' }), paused: true }, 'Paused', 'paused'],
    ['paused for a while', { state: stateWith({ status: 'paused' }), paused: 5 }, 'Paused until time 5', 'paused'],
    ['a taken port', { state: stateWith({ status: 'stopped' }) }, 'Latchkey is not running', 'upstream-down'],
    ['a question', { state: stateWith({ pendingOrigins: 1 }) }, 'Latchkey is running', 'question'],
    ['an app that asks', { state: stateWith({ pendingPairings: 1 }) }, 'Latchkey is running', 'question'],
    ['a person who asks', { state: stateWith({ pendingPeople: 1 }) }, 'Latchkey is running', 'question'],
    ['a question about a key', { state: stateWith({ pendingOnline: 1 }) }, 'Latchkey is running', 'question'],
    ['a key of another app', { state: stateWith({ pendingOtherApps: 1 }) }, 'Latchkey is running', 'question'],
  ] as const)('%s', (_name, change, line, icon) => {
    const shown = view(change)
    expect(trayMenu(shown, actions())[0]).toEqual({ label: line, enabled: false })
    expect(trayStateOf(shown.state)).toBe(icon)
  })
})

test('a gateway that does not run offers neither an address nor a pause, but what to do', () => {
  const done = actions()
  const rows = trayMenu(view({ state: stateWith({ status: 'stopped' }) }), done)
  expect(labels(rows)).not.toContain('http://localhost:11500')
  expect(labels(rows).join()).not.toContain('Pause')
  find(rows, 'What to do…').click?.()
  expect(done.open).toHaveBeenCalledWith('')
})

test('a paused gateway offers to resume, and nothing else about pausing', () => {
  const done = actions()
  const rows = trayMenu(view({ state: stateWith({ status: 'paused' }), paused: true }), done)
  expect(labels(rows).filter((label) => /pause|resume/i.test(label))).toEqual(['Paused', 'Resume'])
  find(rows, 'Resume').click?.()
  expect(done.resume).toHaveBeenCalledOnce()
})

test.each([
  ['http://localhost:11500', 'copyAddress'],
  ['Copy address', 'copyAddress'],
  ['Pause for 1 hour', 'pauseForAnHour'],
  ['Pause until I resume', 'pauseUntilResumed'],
  ['Copy diagnostics', 'copyDiagnostics'],
  ['Quit Latchkey', 'quit'],
] as const)('%s does what it says', (label, action) => {
  const done = actions()
  find(trayMenu(view(), done), label).click?.()
  expect(done[action]).toHaveBeenCalledOnce()
})

describe('sites and extensions', () => {
  test('the most used come first, then the most recent; allowed ones are checked', () => {
    const rows = sites(
      trayMenu(
        view({
          origins: [
            originWith({ origin: 'https://old.example', requests: 2, lastSeenAt: 1 }),
            originWith({ origin: 'https://new.example', requests: 2, lastSeenAt: 3, status: 'blocked' }),
            originWith({ origin: 'chrome-extension://abc', requests: 90, label: 'Page Assist', lastSeenAt: 2 }),
          ],
        }),
        actions(),
      ),
    )
    expect(rows.map(({ label, checked }) => [label, checked])).toEqual([
      ['Page Assist', true],
      ['https://new.example', false],
      ['https://old.example', true],
      [undefined, undefined],
      ['More…', undefined],
    ])
  })

  test.each([
    ['allowed', 'blocked'],
    ['blocked', 'allowed'],
  ] as const)('a click on an origin that is %s makes it %s', (status, next) => {
    const done = actions()
    sites(trayMenu(view({ origins: [originWith({ status })] }), done))[0]?.click?.()
    expect(done.decide).toHaveBeenCalledWith('https://example.org', next)
  })

  test('a long list ends in More, which opens the page', () => {
    const done = actions()
    const origins = Array.from({ length: 40 }, (_, index) => originWith({ origin: `https://${index}.example` }))
    const rows = sites(trayMenu(view({ origins }), done))
    expect(rows.filter((row) => row.type === 'checkbox')).toHaveLength(12)
    rows.at(-1)?.click?.()
    expect(done.open).toHaveBeenCalledWith('#/sites')
  })

  test('an empty list says so', () => {
    expect(sites(trayMenu(view(), actions()))).toEqual([{ label: 'No sites yet', enabled: false }])
  })
})

describe('waiting questions', () => {
  const origins = [originWith({ status: 'pending', origin: 'https://ask.example' })]

  test.each([
    ['Allow', 'allowed'],
    ['Block', 'blocked'],
  ] as const)('%s decides', (label, status) => {
    const done = actions()
    const question = find(trayMenu(view({ origins }), done), 'Let https://ask.example in?')
    find(question.submenu ?? [], label).click?.()
    expect(done.decide).toHaveBeenCalledWith('https://ask.example', status)
  })

  test('an extension can be blocked together with the key it uses, as a block alone does not stop its GETs', () => {
    const done = actions()
    const origin = 'moz-extension://8d1c3f5e-2b7a-4e60-9c41-5a0f6e7d8b92'
    const extensionKeys = new Map([[origin, [{ id: 'k1', name: 'Page Assist' }]]])
    const waiting = view({ origins: [originWith({ status: 'pending', origin, label: 'Mine' })], extensionKeys })
    const rows = find(trayMenu(waiting, done), 'Let Mine in?').submenu ?? []
    expect(labels(rows).slice(2)).toEqual([
      'Block, and turn off the key “Page Assist”',
      '-',
      'A block stops what an extension sends. To stop it from reading too, turn off its key.',
    ])
    find(rows, 'Block, and turn off the key “Page Assist”').click?.()
    expect(done.blockWithKey).toHaveBeenCalledWith(origin, 'k1')
  })

  test('an origin with a question has no check box yet', () => {
    expect(sites(trayMenu(view({ origins }), actions())).some((row) => row.type === 'checkbox')).toBe(false)
  })

  test('many questions do not fill the screen', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      originWith({ status: 'pending', origin: `https://${index}.example` }),
    )
    const shown = labels(trayMenu(view({ origins: many }), actions()))
    expect(shown.filter((label) => label.startsWith('Let '))).toHaveLength(5)
    expect(shown).toContain('More questions…')
  })
})

describe('names from outside cannot play tricks in the menu', () => {
  test.each([
    ['an ampersand is not a shortcut', 'Q&A', 'Q&&A'],
    ['a line break is dropped', 'one\ntwo', 'onetwo'],
    ['right-to-left marks are dropped', 'safe\u202Egro.live', 'safegro.live'],
    ['a long name is cut', 'x'.repeat(90), `${'x'.repeat(47)}…`],
  ])('%s', (_name, label, shown) => {
    expect(sites(trayMenu(view({ origins: [originWith({ label })] }), actions()))[0]?.label).toBe(shown)
  })
})

test('start at login is a check box, and absent where it cannot be set', () => {
  const done = actions()
  const row = find(trayMenu(view({ loginItem: true }), done), 'Start at login')
  expect(row).toMatchObject({ type: 'checkbox', checked: true })
  row.click?.()
  expect(done.setLoginItem).toHaveBeenCalledWith(false)
  expect(labels(trayMenu(view({ loginItem: null }), actions()))).not.toContain('Start at login')
})

describe('updates', () => {
  const newer = { version: '1.2.3', notes: null }
  const available = { status: 'available', newer, replacedBy: 'itself', failure: null } as const
  test.each([
    [{ status: 'unknown', failure: null }, 'Look for updates', 'lookForUpdate'],
    [{ status: 'unknown', failure: 'unreachable' }, 'Look for updates again', 'lookForUpdate'],
    [{ status: 'looking' }, 'Looking for updates…', undefined],
    [{ status: 'current' }, 'Look for updates', 'lookForUpdate'],
    [available, 'What is new in 1.2.3…', 'open'],
    [available, 'Download 1.2.3', 'loadUpdate'],
    [{ ...available, failure: 'damaged' }, 'Download 1.2.3 again', 'loadUpdate'],
    [{ ...available, replacedBy: 'package' }, 'What is new in 1.2.3…', 'open'],
    [{ status: 'loading', newer, percent: null }, 'Downloading 1.2.3…', undefined],
    [{ status: 'loading', newer, percent: 47 }, 'Downloading 1.2.3: 40 %', undefined],
    [{ status: 'loading', newer, percent: 47 }, 'Stop the download', 'cancelUpdate'],
    [{ status: 'ready', newer, failed: false }, 'Restart to update to 1.2.3', 'installUpdate'],
    [{ status: 'ready', newer, failed: true }, 'Restart to update to 1.2.3', 'installUpdate'],
  ] as const)('%j shows as %s', (update, label, action) => {
    const done = actions()
    const row = find(trayMenu(view({ update }), done), label)
    row.click?.()
    expect(row.enabled).toBe(action === undefined ? false : undefined)
    if (action !== undefined) expect(done[action]).toHaveBeenCalledOnce()
  })

  test.each(['package', 'portable'] as const)('a %s offers no download', (replacedBy) => {
    const update = { ...available, replacedBy }
    expect(labels(trayMenu(view({ update }), actions())).join()).not.toMatch(/download/i)
  })

  test('nothing of them shows when no feed is set', () => {
    expect(labels(trayMenu(view(), actions())).join()).not.toMatch(/update/i)
  })
})

test.each([
  ['darwin', true, 'template'],
  ['darwin', false, 'template'],
  ['win32', true, 'dark'],
  ['win32', false, 'light'],
  ['linux', true, 'dark'],
  ['linux', false, 'light'],
] as const)('on %s with a dark panel (%s) the icon is drawn as %s', (platform, darkPanel, look) => {
  expect(trayLookOf(platform, darkPanel)).toBe(look)
})

test('a key that wants to go online is a question with its consequence and two answers', () => {
  const done = actions()
  const rows = trayMenu(
    view({ keys: [askingKey({ name: 'R&D' }), askingKey({ id: 'no', onlineQuestion: null })] }),
    done,
  )
  expect(labels(rows).filter((label) => label.includes('cloud'))).toEqual(['Let R&&D use a model in Ollama’s cloud?'])
  const answers = find(rows, 'Let R&&D use a model in Ollama’s cloud?').submenu ?? []
  expect(labels(answers)).toEqual(['Its questions would then leave this computer.', 'Allow', 'Keep it here'])
  find(answers, 'Allow').click?.()
  find(answers, 'Keep it here').click?.()
  expect(vi.mocked(done.setOnline).mock.calls).toEqual([
    ['key_asking', true],
    ['key_asking', false],
  ])
})

test('a key that another app used is a question with its app and two answers', () => {
  const done = actions()
  const moved = askingKey({ name: 'Chatbox', app: 'chatbox', onlineQuestion: null, otherApp: 'curl' })
  const rows = trayMenu(view({ keys: [moved, { ...moved, id: 'decided', name: 'B', onlyItsApp: true }] }), done)
  expect(labels(rows).filter((label) => label.includes('curl'))).toEqual(['Let curl use the key Chatbox?'])
  const answers = find(rows, 'Let curl use the key Chatbox?').submenu ?? []
  expect(labels(answers)).toEqual([
    'The key was made for Chatbox. Another program uses it now.',
    'Allow any app',
    'Only Chatbox',
  ])
  find(answers, 'Allow any app').click?.()
  find(answers, 'Only Chatbox').click?.()
  expect(vi.mocked(done.setApp).mock.calls).toEqual([
    ['key_asking', null],
    ['key_asking', 'chatbox'],
  ])
})

test('the menu shows a few of many asking keys, and one click shows the rest', () => {
  const done = actions()
  const keys = Array.from({ length: 9 }, (_, at) =>
    askingKey({ id: `k${at}`, name: `App ${at}`, onlineQuestion: 'web' }),
  )
  const rows = trayMenu(view({ keys }), done)
  expect(labels(rows).filter((label) => label.includes('search the web'))).toHaveLength(5)
  find(rows, 'More questions…').click?.()
  expect(done.open).toHaveBeenCalledWith('#/keys')
})

describe('an app that asks for a key', () => {
  const LABEL = 'Chatbox asks for a key: 47-19'

  test('has its code in the row itself, and the answers below what to compare', () => {
    const done = actions()
    const rows = trayMenu(view({ pairings: [askingApp()] }), done)
    const answers = find(rows, LABEL).submenu ?? []
    expect(labels(answers)).toEqual([
      'Allow it only if the app shows 47-19.',
      'The system names the program chatbox.',
      'Allow chats and models',
      'Decline',
      'More choices…',
    ])
    find(answers, 'Allow chats and models').click?.()
    find(answers, 'Decline').click?.()
    expect(vi.mocked(done.answerPairing).mock.calls.map(([{ code }, isAllowed]) => [code, isAllowed])).toEqual([
      ['47-19', true],
      ['47-19', false],
    ])
    find(answers, 'More choices…').click?.()
    expect(done.open).toHaveBeenCalledWith('')
  })

  test('stands before what can wait longer, and of a site its address is told', () => {
    const site = askingApp({ origin: 'https://notes.example', program: null })
    const shown = view({ pairings: [site], origins: [originWith({ status: 'pending' })] })
    const rows = labels(trayMenu(shown, actions()))
    expect(rows.indexOf(LABEL)).toBeLessThan(rows.findIndex((label) => label.startsWith('Let ')))
    const answers = labels(find(trayMenu(shown, actions()), LABEL).submenu ?? [])
    expect(answers).toContain('The browser vouches for https://notes.example.')
  })

  test('of another device only its address is told, because nobody vouches for the rest', () => {
    const far = askingApp({ origin: 'https://notes.example', program: null, device: '192.168.1.7' })
    const answers = labels(find(trayMenu(view({ pairings: [far] }), actions()), LABEL).submenu ?? [])
    expect(answers).toContain('It asks from another device, 192.168.1.7.')
    expect(answers.join()).not.toContain('vouches')
  })

  test('cannot order or break the menu by its name', () => {
    const rows = trayMenu(view({ pairings: [askingApp({}, 'Save & \u202equit\n')] }), actions())
    expect(labels(rows)).toContain('Save && quit asks for a key: 47-19')
  })
})

test('a person who asked to join is let in or declined in the menu, and more than five on their page', () => {
  const done = actions()
  const joining = Array.from({ length: 6 }, (_, at) => askingPerson({ id: `person_${at}`, name: `Ada\u202e & ${at}` }))
  const rows = trayMenu(view({ joining }), done)
  const first = find(rows, 'Let Ada && 0 join?')
  expect(labels(first.submenu ?? [])).toEqual(['Let in', 'Decline', 'Open People…'])
  for (const answer of first.submenu ?? []) answer.click?.()
  expect(vi.mocked(done.answerJoining).mock.calls).toEqual([
    ['person_0', true],
    ['person_0', false],
  ])
  expect(labels(rows).filter((label) => label.includes('join?'))).toHaveLength(5)
  find(rows, 'More questions…').click?.()
  expect(vi.mocked(done.open).mock.calls).toEqual([['#/people'], ['#/people']])
})
