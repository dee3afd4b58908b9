import { writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { MenuItemConstructorOptions } from 'electron'
import { type AppState, appStateSchema } from '#shared/console-api/state.ts'
import { issuedKeySchema } from '#shared/keys/key.ts'
import { createTempDir } from '../../support/temp-dir.ts'
import { until } from '../../support/until.ts'
import { bundleDesktop } from './bundle.ts'
import { becomeDesktopProcess, type DesktopProcess } from './desktop-process.ts'

/** The bundled app in this process: the real core and gateway, with the stand-in for Electron around them. */
export interface RunningDesktop extends DesktopProcess {
  readonly dataDir: string
  readonly preload: string
  /** Asks the console as its page does: through the protocol handler of the window's session. */
  ask(path: string, init?: RequestInit): Promise<Response>
  state(): Promise<AppState>
  /** The secret of a new key. */
  createKey(): Promise<string>
  /** The status of a request to the gateway; undefined if the gateway does not listen. */
  gatewayStatus(headers: Record<string, string>): Promise<number | undefined>
  /** The tray's rows, or those of one submenu. */
  rows(submenu?: string): MenuItemConstructorOptions[]
  /** Clicks a row as the desktop would. */
  click(label: string, submenu?: string): void
  remove(): Promise<void>
}

export async function startDesktopApp(settings: object = {}): Promise<RunningDesktop> {
  const home = await createTempDir()
  const upstream = createServer((_request, response) => response.end('{"version":"0.30.0","models":[]}'))
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  writeFileSync(
    join(home.path, 'settings.json'),
    JSON.stringify({ gatewayPort: 0, upstream: upstreamUrl, ...settings }),
  )
  process.env['LATCHKEY_DATA_DIR'] = home.path
  process.env['XDG_CONFIG_HOME'] = join(home.path, 'config')
  // On Linux: a session of which nothing is known. A panel that is there belongs to the person at this computer.
  for (const name of ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR']) delete process.env[name]

  const bundle = await bundleDesktop()
  const desktop = becomeDesktopProcess()
  desktop.load(bundle.main)
  await until(() => desktop.world.windows.length + desktop.world.errorBoxes.length > 0, 'the app to start')
  let gatewayPort = 0

  const ask = async (path: string, init?: RequestInit) => {
    const handler = desktop.world.sessions.get('console')?.handlers.get('app')
    if (handler === undefined) throw new Error('no handler for app: on the session of the window')
    return handler(new Request(`app://console${path}`, init))
  }
  const state = async () => appStateSchema.parse(await (await ask('/api/state')).json())
  const rows: RunningDesktop['rows'] = (submenu) => {
    const top = desktop.world.trays[0]?.menu ?? []
    if (submenu === undefined) return top
    return (top.find((row) => row.label === submenu)?.submenu ?? []) as MenuItemConstructorOptions[]
  }
  return {
    ...desktop,
    dataDir: home.path,
    preload: bundle.preload,
    ask,
    state,
    async createKey() {
      const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"name":"test"}' }
      return issuedKeySchema.parse(await (await ask('/api/keys', init)).json()).secret
    },
    async gatewayStatus(headers) {
      gatewayPort ||= (await state()).gateway.port
      return statusOf(gatewayPort, headers)
    },
    rows,
    click(label, submenu) {
      const row = rows(submenu).find((one) => one.label === label)
      if (row?.click === undefined) throw new Error(`no row ${label} to click`)
      ;(row.click as () => void)()
    },
    async remove() {
      upstream.close()
      bundle.remove()
      await home.remove()
    },
  }
}

function statusOf(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path: '/api/tags', headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', () => resolve(undefined))
      .end()
  })
}
