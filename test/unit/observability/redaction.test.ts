import { expect, test } from 'vitest'
import { redactPersonal } from '../../../src-main/observability/redaction.ts'

const ME = { folders: ['/home/marta', '/srv/latchkey data', 'C:\\Users\\Marta'], userName: 'marta' }

test.each([
  ['a key of ours', `used sk-lk-${'a'.repeat(39)}`, 'used sk-lk-redacted'],
  ['a key of another service', 'sent sk-proj-0123456789abcdef', 'sent (hidden)'],
  ['a key in a host name', `http://sk-lk-${'a'.repeat(39)}.localhost:11500/x`, 'http://sk-lk-redacted.localhost:11500'],
  ['a header', 'Authorization: Bearer abc.def-123', 'Authorization: Bearer (hidden)'],
  ['a token in an address', 'app://x#token=abc123', 'app://(hidden)'],
  ['a token after a path', '/cb?token=abc123&x=1', '/cb?token=(hidden)&x=1'],
  ['the home folder', 'open /home/marta/.local/share', 'open ~/.local/share'],
  ['the data folder', 'open /srv/latchkey data/latchkey.db', 'open ~/latchkey.db'],
  ['a home folder on Windows', 'open C:\\Users\\Marta\\AppData', 'open ~\\AppData'],
  ['a home folder on Windows, as JSON', '"open C:\\\\Users\\\\Marta\\\\AppData"', '"open ~\\\\AppData"'],
  ['somebody else’s home folder', 'open /home/other/x and /Users/second/y', 'open ~/x and ~/y'],
  ['the person’s name elsewhere', 'uid marta', 'uid (name)'],
  ['a site with a path', 'origin https://chat.example/secret/room?x=1 blocked', 'origin https://(hidden) blocked'],
  ['an extension', 'origin chrome-extension://abcdefgh blocked', 'origin chrome-extension://(hidden) blocked'],
  ['a site in JSON', '{"origin":"https://chat.example/x"}', '{"origin":"https://(hidden)"}'],
  ['another computer', 'no answer from http://ollama.home:11434/api', 'no answer from http://(hidden)'],
  ['this computer keeps its port', 'http://127.0.0.1:11434/api/tags', 'http://127.0.0.1:11434'],
  ['a name that begins like this computer', 'http://localhost.evil.example/x', 'http://(hidden)'],
  ['a user and a password', 'http://me:pw@127.0.0.1:11434', 'http://127.0.0.1:11434'],
  ['a computer in the network', 'from 192.168.1.23 and fe80::1c2d:3e4f', 'from (address) and (address)'],
  ['this computer', 'at 127.0.0.1, ::1, 0.0.0.0', 'at 127.0.0.1, ::1, 0.0.0.0'],
  ['a time and a version', '2026-08-01T12:34:56.789Z 156.0.7400.1', '2026-08-01T12:34:56.789Z 156.0.7400.1'],
  ['a mail address', 'from marta@example.org', 'from (address)'],
])('%s', (_name, text, shared) => {
  expect(redactPersonal(text, ME)).toBe(shared)
})

test('a very short user name is not looked for in other words', () => {
  expect(redactPersonal('said again', { folders: [], userName: 'ai' })).toBe('said again')
})
