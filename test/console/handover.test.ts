import { lstat, mkdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { connect, type StartedHome, startHome } from './handover-golden.ts'

let at: StartedHome
beforeEach(async () => {
  at = await startHome()
})
afterEach(() => at.stop())

const codex = (...names: string[]) => join(at.home, '.codex', ...names)
const SECRET = /sk-lk-[a-z2-7]{39}/

async function statusWith(secret: string): Promise<number> {
  const headers = { Authorization: `Bearer ${secret}` }
  return (await fetch(`${at.started.gatewayUrl()}/v1/models`, { headers })).status
}

it('the key in the file opens the gateway, until the undo', async () => {
  const { key, made } = await connect(at.started, 'codex')
  expect({ name: key.name, made }).toEqual({ name: 'Codex', made: true })
  const [secret = ''] = SECRET.exec(await readFile(codex('config.toml'), 'utf8')) ?? []
  expect(await statusWith(secret)).toBe(200)
  expect(await at.started.call('GET /api/keys', {})).toMatchObject([
    { id: key.id, name: 'Codex', scopes: ['chat', 'models'], allowInUrl: false, online: false },
  ])
  await at.started.call('POST /api/handover/undo', { app: 'codex', key: 'delete' })
  expect(await statusWith(secret)).toBe(401)
})

it('an undo keeps the key if asked', async () => {
  const { key } = await connect(at.started, 'codex')
  const done = await at.started.call('POST /api/handover/undo', { app: 'codex', key: 'keep' })
  expect(done).toMatchObject({ key, deleted: false, state: { state: 'none', keyId: null } })
  expect(await at.started.call('GET /api/keys', {})).toMatchObject([{ id: key.id }])
})

it('the secret is in the app’s file and nowhere else', async () => {
  await at.write(codex('config.toml'), 'a = 1\n')
  const plan = await at.started.call('POST /api/handover/plan', { app: 'codex' })
  const done = await connect(at.started, 'codex')
  const [secret = ''] = SECRET.exec(await readFile(codex('config.toml'), 'utf8')) ?? []
  expect(secret).not.toBe('')
  const answers = JSON.stringify([plan, done, await at.started.call('GET /api/handover', {})])
  for (const place of [answers, at.started.log(), await at.started.bytesOnDisk()]) expect(place).not.toContain(secret)
  const backup = done.state.files[0]?.backup ?? ''
  expect(await readFile(backup, 'utf8')).toBe('a = 1\n')
  expect((await stat(backup)).mode & 0o777).toBe(0o600)
})

it('the preview is what is written, save for the key', async () => {
  await at.write(codex('config.toml'), 'a = 1\n')
  const { files } = await at.started.call('POST /api/handover/plan', { app: 'codex' })
  await connect(at.started, 'codex')
  const written = (await readFile(codex('config.toml'), 'utf8')).trimEnd().replace(SECRET, 'sk-lk-…').split('\n')
  const shown = files.flatMap(({ hunks }) => hunks.flatMap(({ lines }) => lines))
  expect(shown.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)).toEqual(written)
  expect(files).toMatchObject([{ path: codex('config.toml'), change: 'changed', folders: [] }])
})

it('a plan changes nothing, and names the folders that would be created', async () => {
  const { files } = await at.started.call('POST /api/handover/plan', { app: 'goose' })
  expect(files.map(({ folders }) => folders)).toEqual([
    [join(at.home, '.config'), join(at.home, '.config/goose')],
    [join(at.home, '.config'), join(at.home, '.config/goose'), join(at.home, '.config/goose/custom_providers')],
  ])
  expect(await at.everything()).toEqual({})
  expect(await at.started.call('GET /api/keys', {})).toEqual([])
})

it('keys of other services are masked in what is shown', async () => {
  await at.write(
    join(at.home, '.claude', 'settings.json'),
    '{\n  "env": {\n    "OPENAI_API_KEY": "sk-proj-abc",\n    "GITHUB_TOKEN": "ghp_abc"\n  }\n}\n',
  )
  const plan = JSON.stringify(await at.started.call('POST /api/handover/plan', { app: 'claude-code' }))
  expect(plan).toContain('GITHUB_TOKEN')
  expect(plan).not.toMatch(/sk-proj|ghp_/)
})

it('a link within the home folder stays a link, and its file keeps its mode', async () => {
  await at.write(join(at.home, 'dotfiles', 'codex.toml'), 'a = 1\n')
  await mkdir(codex())
  await symlink('../dotfiles/codex.toml', codex('config.toml'))
  const { mode } = await stat(codex('config.toml'))
  const [file] = (await at.started.call('POST /api/handover/plan', { app: 'codex' })).files
  expect(file?.othersCanRead).toBe((mode & 0o044) !== 0)
  await connect(at.started, 'codex')
  expect((await lstat(codex('config.toml'))).isSymbolicLink()).toBe(true)
  expect(await readFile(join(at.home, 'dotfiles', 'codex.toml'), 'utf8')).toMatch(SECRET)
  expect((await stat(codex('config.toml'))).mode).toBe(mode)
  await at.started.call('POST /api/handover/undo', { app: 'codex', key: 'delete' })
  expect(await readFile(codex('config.toml'), 'utf8')).toBe('a = 1\n')
})

it('connecting twice replaces the key, and an undo goes back to before the first time', async () => {
  await at.write(codex('config.toml'), 'a = 1\n')
  const first = await connect(at.started, 'codex', ['one'])
  const [oldSecret = ''] = SECRET.exec(await readFile(codex('config.toml'), 'utf8')) ?? []
  const second = await connect(at.started, 'codex', ['two'])
  expect(second.replaced).toEqual(first.key)
  expect(await statusWith(oldSecret)).toBe(401)
  expect(await at.started.call('GET /api/keys', {})).toMatchObject([{ id: second.key.id }])
  await at.started.call('POST /api/handover/undo', { app: 'codex', key: 'delete' })
  expect(await readFile(codex('config.toml'), 'utf8')).toBe('a = 1\n')
  expect(await at.started.call('GET /api/keys', {})).toEqual([])
})

it('an undo keeps the changes that a person made between two hand-overs', async () => {
  await at.write(codex('config.toml'), 'a = 1\n')
  await connect(at.started, 'codex', ['one'])
  const edited = `${await readFile(codex('config.toml'), 'utf8')}\n[mine]\nb = 2\n`
  await at.write(codex('config.toml'), edited)
  await connect(at.started, 'codex', ['two'])
  expect(await readFile(codex('config.toml'), 'utf8')).toContain('[mine]')
  await at.started.call('POST /api/handover/undo', { app: 'codex', key: 'delete' })
  expect(await readFile(codex('config.toml'), 'utf8')).toBe(edited)
})

it('a page that has made the key hands it over, and nobody else’s', async () => {
  const { id, secret } = await at.started.call('POST /api/keys', { name: 'My Codex' })
  const other = await at.started.call('POST /api/keys', { name: 'Other' })
  const { seen } = await at.started.call('POST /api/handover/plan', { app: 'codex' })
  const apply = (key: { id: string; secret: string }) =>
    at.started.call('POST /api/handover/apply', { app: 'codex', seen, key })
  await expect(apply({ id: other.id, secret })).rejects.toThrow('handover_key_wrong')
  await expect(apply({ id, secret: `${secret.slice(0, -1)}?` })).rejects.toThrow('handover_key_wrong')
  expect(await at.everything()).toEqual({})
  expect(await apply({ id, secret })).toMatchObject({ key: { id, name: 'My Codex' }, made: false })
  expect(await readFile(codex('config.toml'), 'utf8')).toContain(secret)
})

it('a key that the page has made is accepted in addresses once it is in Zed’s', async () => {
  const { id, secret } = await at.started.call('POST /api/keys', { name: 'Zed' })
  const { seen } = await at.started.call('POST /api/handover/plan', { app: 'zed' })
  const apply = () => at.started.call('POST /api/handover/apply', { app: 'zed', seen, key: { id, secret } })
  const isAllowed = async () => (await at.started.call('GET /api/keys', {})).map(({ allowInUrl }) => allowInUrl)
  await at.write(join(at.home, '.config/zed/settings.json'), '{}')
  await expect(apply()).rejects.toThrow('handover_plan_old')
  expect(await isAllowed()).toEqual([false])
  await rm(join(at.home, '.config'), { recursive: true })
  expect(await apply()).toMatchObject({ key: { id }, made: false, allowedInUrl: true })
  expect(await isAllowed()).toEqual([true])
  expect(await at.started.call('GET /api/audit', {})).toContainEqual(
    expect.objectContaining({ action: 'key.change', subject: id, fields: ['allowInUrl'] }),
  )
})

it('the key in Zed’s address opens the gateway by the address alone', async () => {
  await connect(at.started, 'zed')
  const settings = JSON.parse(await readFile(join(at.home, '.config/zed/settings.json'), 'utf8')) as {
    language_models: { ollama: { api_url: string } }
  }
  expect((await fetch(`${settings.language_models.ollama.api_url}/api/tags`)).status).toBe(200)
})

it('models that can only embed are not chosen, and no model is a refusal', async () => {
  const { models } = await at.started.call('POST /api/handover/plan', { app: 'opencode' })
  expect(models).toEqual(['sample-small:latest', 'sample-large:7b'])
  await at.started.upstream.close()
  await at.started.call('POST /api/upstream/check', {})
  await expect(at.started.call('POST /api/handover/plan', { app: 'opencode' })).rejects.toThrow('handover_no_model')
})

it('the audit trail names the app, the key and who did it', async () => {
  const { key } = await connect(at.started, 'codex')
  await at.started.call('POST /api/handover/undo', { app: 'codex', key: 'delete' })
  const about = { actor: 'console', subject: key.id, label: 'Codex' }
  expect(await at.started.call('GET /api/audit', {})).toMatchObject([
    { ...about, action: 'key.delete' },
    { ...about, action: 'handover.undo', fields: ['codex'] },
    { ...about, action: 'handover.apply', fields: ['codex'] },
    { ...about, action: 'key.create' },
  ])
})

it('an app is found by its folder', async () => {
  const found = async () =>
    (await at.started.call('GET /api/handover', {})).filter((one) => one.found).map(({ app }) => app)
  expect(await found()).toEqual([])
  await mkdir(codex())
  await at.write(join(at.home, '.aider.conf.yml'), '')
  expect(await found()).toEqual(['codex', 'aider'])
})
