import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { HANDOVER_APP_IDS, HANDOVER_APPS, type HandoverAppId } from '#shared/handover/apps.ts'
import { type Environment, joinOn } from '../../../src-main/handover/app-folders.ts'
import { CONFIG_FILES } from '../../../src-main/handover/config-files.ts'

const LINUX: Environment = { platform: 'linux', home: '/home/me', env: {} }
const MAC: Environment = { platform: 'darwin', home: '/Users/me', env: {} }
const WINDOWS: Environment = {
  platform: 'win32',
  home: 'C:\\Users\\me',
  env: { APPDATA: 'C:\\Users\\me\\AppData\\Roaming' },
}

/** The first file of each app, on each system. */
const FILES: Record<HandoverAppId, readonly [linux: string, mac: string, windows: string]> = {
  opencode: ['.config/opencode/opencode.jsonc', '.config/opencode/opencode.jsonc', '.config\\opencode\\opencode.jsonc'],
  continue: ['.continue/config.yaml', '.continue/config.yaml', '.continue\\config.yaml'],
  codex: ['.codex/config.toml', '.codex/config.toml', '.codex\\config.toml'],
  'claude-code': ['.claude/settings.json', '.claude/settings.json', '.claude\\settings.json'],
  zed: ['.config/zed/settings.json', '.config/zed/settings.json', 'AppData\\Roaming\\Zed\\settings.json'],
  aider: ['.aider.conf.yml', '.aider.conf.yml', '.aider.conf.yml'],
  llm: [
    '.config/io.datasette.llm/extra-openai-models.yaml',
    'Library/Application Support/io.datasette.llm/extra-openai-models.yaml',
    'AppData\\Roaming\\io.datasette.llm\\extra-openai-models.yaml',
  ],
  goose: [
    '.config/goose/config.yaml',
    '.config/goose/config.yaml',
    'AppData\\Roaming\\Block\\goose\\config\\config.yaml',
  ],
}

function fileOf(app: HandoverAppId, environment: Environment): string {
  const { files, folder } = CONFIG_FILES[app]
  return joinOn(environment)(folder(environment), files[0]?.names[0] ?? '')
}

it.each(HANDOVER_APP_IDS)('%s has its file where the app looks, on each system', (app) => {
  const [linux, mac, windows] = FILES[app]
  expect(fileOf(app, LINUX)).toBe(`/home/me/${linux}`)
  expect(fileOf(app, MAC)).toBe(`/Users/me/${mac}`)
  expect(fileOf(app, WINDOWS)).toBe(`C:\\Users\\me\\${windows}`)
})

const MOVED: readonly [app: HandoverAppId, variable: string, file: string][] = [
  ['opencode', 'XDG_CONFIG_HOME', '/home/me/x/opencode/opencode.jsonc'],
  ['continue', 'CONTINUE_GLOBAL_DIR', '/home/me/x/config.yaml'],
  ['codex', 'CODEX_HOME', '/home/me/x/config.toml'],
  ['claude-code', 'CLAUDE_CONFIG_DIR', '/home/me/x/settings.json'],
  ['zed', 'XDG_CONFIG_HOME', '/home/me/x/zed/settings.json'],
  ['zed', 'FLATPAK_XDG_CONFIG_HOME', '/home/me/x/zed/settings.json'],
  ['llm', 'XDG_CONFIG_HOME', '/home/me/x/io.datasette.llm/extra-openai-models.yaml'],
  ['llm', 'LLM_USER_PATH', '/home/me/x/extra-openai-models.yaml'],
  ['goose', 'XDG_CONFIG_HOME', '/home/me/x/goose/config.yaml'],
  ['goose', 'GOOSE_PATH_ROOT', '/home/me/x/config/config.yaml'],
]

it.each(MOVED)('%s follows %s', (app, variable, file) => {
  expect(fileOf(app, { ...LINUX, env: { [variable]: '/home/me/x' } })).toBe(file)
  // A relative folder would be another one in each folder.
  expect(fileOf(app, { ...LINUX, env: { [variable]: 'x' } })).toBe(fileOf(app, LINUX))
})

it('the document names each app’s files and the variables that move them', async () => {
  const document = await readFile(new URL('../../../docs/connecting-apps.md', import.meta.url), 'utf8')
  for (const app of HANDOVER_APP_IDS) {
    const row = document.split('\n').find((line) => line.includes(`| \`${app}\` |`)) ?? ''
    const { files, folder, variable } = CONFIG_FILES[app]
    expect(row).toContain(`| ${HANDOVER_APPS[app].name} |`)
    for (const name of files.flatMap(({ names }) => names)) expect(row).toContain(`\`${name}\``)
    expect(row).toContain(folder(LINUX).replace('/home/me', '~'))
    if (variable !== undefined) expect(document).toContain(`\`${variable}\``)
  }
})
