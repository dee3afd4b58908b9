import { homedir } from 'node:os'
import { expect, test } from 'vitest'
import { settingsSchema } from '#shared/settings/settings.ts'
import { problem } from '#shared/text/problem.ts'
import { diagnosticsText, thisComputer } from '../../../src-main/observability/diagnostics.ts'
import { stateWith } from '../../desktop/support/records.ts'

const SECRET = `sk-lk-${'b'.repeat(39)}`
const FACTS = {
  state: stateWith({}),
  settings: settingsSchema.parse({}),
  logTail: '',
  computer: { system: 'linux x64 6.12', versions: { node: '24.0.0', electron: '45.4.1', chrome: '156' } },
  personal: { folders: ['/home/marta'], userName: 'marta' },
}

test('it says what a person who helps would ask first', () => {
  expect(diagnosticsText(FACTS).split('\n').slice(0, 6)).toEqual([
    'Latchkey 0.1.0, desktop',
    'System: linux x64 6.12',
    'Node 24.0.0, Electron 45.4.1, Chromium 156',
    'Gateway: running, port 11500',
    'Upstream: on this computer, version 0.30.0, 0 models',
    'Keys: 1; sites waiting: 0',
  ])
})

test('the text contains no secret, site, folder, host or person', () => {
  const settings = settingsSchema.parse({
    upstream: 'http://ollama.secret-lab.example:11434/path',
    extraHosts: ['nas.secret-lab.example'],
    lan: ['192.168.7.7'],
  })
  const state = {
    ...stateWith({ reachable: false }),
    notices: [
      problem('store_damaged', 'The file /home/marta/latchkey.db was damaged; see https://chat.example/room/7', {}),
    ],
  }
  const logTail = [
    JSON.stringify({ err: { stack: 'Error: x\n    at file:///home/marta/latchkey/dist/main/desktop.js:1:1' } }),
    JSON.stringify({ msg: `refused ${SECRET} from https://chat.example/room/7?u=marta` }),
    'Authorization: Bearer upstream-password',
  ].join('\n')
  const text = diagnosticsText({ ...FACTS, state, settings, logTail })
  expect(text).toContain('"extraHosts":1')
  for (const hidden of [
    SECRET,
    'marta',
    '/home/',
    'chat.example',
    'room',
    'secret-lab',
    'upstream-password',
    '192.168',
  ]) {
    expect(text).not.toContain(hidden)
  }
})

test('the facts of this computer hide its own home and data folder', () => {
  const { computer, personal } = thisComputer('/data/of/mine')
  expect(computer.system).toContain(process.platform)
  expect(personal.folders).toEqual([homedir(), '/data/of/mine'])
  const text = diagnosticsText({ ...FACTS, computer, personal, logTail: `at ${homedir()}/x and /data/of/mine/y` })
  expect(text).toContain('at ~/x and ~/y')
})
