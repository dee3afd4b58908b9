import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { autostartEntry } from '../../src-main/desktop/system/login-item.ts'
import { type SampleUpstream, startSampleUpstream } from '../../src-main/sample/sample-upstream.ts'
import { until } from '../support/until.ts'
import { lackingPackages } from './debian-libraries.ts'
import { type MadePackages, makePackages, OLDER_VERSION } from './made-packages.ts'
import { asRoot, GATEWAY, Person, reasonToSkip } from './throw-away-system.ts'

const PROGRAM = '/opt/Latchkey/latchkey'
const ENTRY = '/usr/share/applications/latchkey.desktop'
const ICONS = '/usr/share/icons/hicolor'

const reason = reasonToSkip()

// One computer, on which the package is installed, used, upgraded, removed and purged: the tests go on from one another.
describe('the deb', () => {
  let made: MadePackages
  let upstream: SampleUpstream
  let person: Person
  let secret: string
  beforeAll(async () => {
    if (reason !== undefined) return
    made = await makePackages()
    // Latchkey's default address of Ollama.
    upstream = await startSampleUpstream({ port: 11434 })
    person = new Person('lk-mia')
  })
  beforeEach((context) => context.skip(reason !== undefined, reason))
  afterAll(async () => {
    person?.leave()
    await upstream?.close()
  })

  const install = (deb: string) => asRoot('apt-get', 'install', '--yes', '--no-install-recommends', deb)
  const status = () => asRoot('dpkg-query', '--show', '--showformat=${Version} ${db:Status-Status}', 'latchkey')
  const dataDir = () => join(person.home, '.local/share/latchkey')
  const started = () =>
    readFileSync(join(dataDir(), 'latchkey.log'), 'utf8').match(/"version":"[^"]*"(?=.*has started)/g)
  const knock = async (key: string) =>
    (await fetch(`${GATEWAY}/api/tags`, { headers: { Authorization: `Bearer ${key}` } })).status
  const open = async () => {
    const before = existsSync(dataDir()) ? (started()?.length ?? 0) : 0
    await person.open(ENTRY)
    await until(() => existsSync(join(dataDir(), 'latchkey.log')) && (started()?.length ?? 0) > before, 'it to start')
  }

  test('asks for every library that the program is linked with', () => {
    expect(lackingPackages(made.unpacked, made.deb)).toEqual([])
  })

  test('is installed by apt-get, whole and root’s', () => {
    install(made.olderDeb)
    expect(status()).toBe(`${OLDER_VERSION} installed`)
    expect(asRoot('dpkg', '--verify', 'latchkey')).toBe('')
    expect(asRoot('find', '/opt/Latchkey', '(', '!', '-user', 'root', '-o', '-perm', '/022', ')')).toBe('')
  })

  test('puts the command, the icons and the entry where a desktop looks for them', () => {
    expect(asRoot('readlink', '-f', '/usr/bin/latchkey').trim()).toBe(PROGRAM)
    expect(asRoot('desktop-file-validate', ENTRY)).toBe('')
    expect(readFileSync(ENTRY, 'utf8')).toContain('MimeType=x-scheme-handler/latchkey;')
    const theme = readFileSync(join(ICONS, 'index.theme'), 'utf8')
    const icons = globSync('*/apps/latchkey.png', { cwd: ICONS }).map((icon) => dirname(icon))
    expect(icons).toContain('48x48/apps')
    expect(icons.filter((folder) => !theme.includes(`[${folder}]`))).toEqual([])
  })

  test('starts from its entry, as somebody who is not root', async () => {
    await open()
    expect(started()).toEqual([`"version":"${OLDER_VERSION}"`])
    secret = (JSON.parse(person.latchkey('key', 'create', '--name', 'test', '--json')) as { secret: string }).secret
    expect([await knock(secret), await knock('sk-lk-wrong')]).toEqual([200, 401])
  })

  test('is upgraded while it runs; the next start is the newer one, with the same keys', async () => {
    install(made.deb)
    expect(status()).not.toContain(OLDER_VERSION)
    expect(asRoot('readlink', '-f', '/usr/bin/latchkey').trim()).toBe(PROGRAM)
    expect(await knock(secret)).toBe(200)
    await person.quit(PROGRAM)
    await open()
    expect(started()?.at(-1)).toBe(`"version":"${status().split(' ')[0]}"`)
    expect(await knock(secret)).toBe(200)
    await person.quit(PROGRAM)
  })

  test('is removed without a trace of the program, and every key stays', () => {
    const before = contentsOf(dataDir())
    asRoot('apt-get', 'remove', '--yes', 'latchkey')
    expect(status()).toContain('config-files')
    const left = ['/opt/Latchkey', '/usr/bin/latchkey', '/etc/apparmor.d/latchkey', ENTRY]
    expect(left.filter((path) => existsSync(path))).toEqual([])
    expect(globSync('*/apps/latchkey.png', { cwd: ICONS })).toEqual([])
    expect(before.size).toBeGreaterThan(3)
    expect(contentsOf(dataDir())).toEqual(before)
  })

  describe('purged', () => {
    const keep = (path: string, content = 'kept') => {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return path
    }
    const kept: string[] = []
    beforeAll(() => {
      if (reason !== undefined) return
      const [linked, moved] = [new Person('lk-lin'), new Person('lk-mo')]
      kept.push(keep(join(dataDir(), '../latchkey-notes/a')), keep(join(person.home, '.config/latchkey/a')))
      // A link in place of the folder, and one in place of a folder above it.
      kept.push(keep('/srv/elsewhere/latchkey.db'), keep('/srv/share/latchkey/latchkey.db'))
      mkdirSync(join(linked.home, '.local/share'), { recursive: true })
      symlinkSync('/srv/elsewhere', join(linked.home, '.local/share/latchkey'))
      mkdirSync(join(moved.home, '.local'))
      symlinkSync('/srv/share', join(moved.home, '.local/share'))
      // Links inside the folder.
      symlinkSync('/srv/elsewhere', join(dataDir(), 'link'))
      kept.push(
        keep(join(linked.home, '.config/autostart/latchkey.desktop'), autostartEntry('/home/lk-lin/Latchkey.AppImage')),
      )
      keep(join(person.home, '.config/autostart/latchkey.desktop'), autostartEntry(PROGRAM))
      asRoot('chown', '-R', 'lk-mia:', person.home)
      asRoot('chown', '-R', 'lk-lin:', linked.home, '/srv/elsewhere')
      asRoot('chown', '-R', 'lk-mo:', moved.home, '/srv/share')
      // Removing a package must not delete a service's keys.
      asRoot('useradd', '--system', '--home-dir', '/srv/service', 'lk-service')
      kept.push(keep('/srv/service/.local/share/latchkey/latchkey.db'))
      asRoot('chown', '-R', 'lk-service:', '/srv/service')
    })

    test('it takes each person’s keys and usage with it, and nothing else', () => {
      const told = asRoot('apt-get', 'purge', '--yes', 'latchkey')
      expect(told).toContain(`Removed the keys and the usage in ${dataDir()}`)
      expect(existsSync(dataDir())).toBe(false)
      expect(existsSync(join(person.home, '.config/autostart/latchkey.desktop'))).toBe(false)
      expect(kept.filter((path) => !existsSync(path))).toEqual([])
    })

    test('it is unknown to the system', () => {
      expect(status).toThrow('no packages found')
    })
  })
})

/** Every file in a folder with the hash of what is in it. */
function contentsOf(folder: string): Map<string, string> {
  const files = globSync('**/*', { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile())
  const hashOf = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex')
  return new Map(files.map((path) => [path, hashOf(path)]))
}
