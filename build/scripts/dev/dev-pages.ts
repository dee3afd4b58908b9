import { realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { createServer, type ProxyOptions, type ViteDevServer } from 'vite'
import { SESSION_PATH } from '#shared/console-api/console-session.ts'
import { LICENCES_FILE } from '#shared/console-api/licences.ts'
import { Delayer } from '../../../src-main/base/delayer.ts'
import { generateMessages } from '../messages/generate.ts'
import type { DevCore } from './dev-core.ts'

export interface DevPages {
  /** `http://127.0.0.1:11510` */
  readonly origin: string
  close(): Promise<void>
}

interface DevPagesOptions {
  readonly root: string
  /** 0: any free port. */
  readonly port: number
  readonly cacheDir: string
  readonly core: Pick<DevCore, 'consoleOrigin' | 'restart'>
}

const HOST = '127.0.0.1'
/** The paths that the core answers. The pages' modules in src-renderer/api have similar paths, but end in an extension. */
const OF_CORE = `^/api/[^.?]*([?]|$)|^${SESSION_PATH}$|^/${LICENCES_FILE}$`
/** "Save all" in an editor writes one file after another. */
const SETTLE_MS = 100

/**
 * Starts Vite's server for the pages, which forwards the requests for the core. It also watches the core's sources and the
 * message files. Rejects with a sentence if the port is taken.
 */
export async function startDevPages({ root, port, cacheDir, core }: DevPagesOptions): Promise<DevPages> {
  const sources = ['src-main', 'src-shared', 'src-renderer'].map((folder) => join(root, folder))
  const server = await createServer({
    configFile: join(root, 'build/config/vite.renderer.config.ts'),
    cacheDir,
    clearScreen: false,
    server: {
      host: HOST,
      port,
      strictPort: port !== 0,
      cors: false,
      fs: { allow: [...sources, cacheDir, realpathSync(join(root, 'node_modules'))] },
      proxy: { [OF_CORE]: toCore(core, () => server) },
    },
  })
  await server.listen().catch(async (error: Error) => {
    await server.close()
    throw new Error(
      `The pages cannot be served at port ${port} (${error.message}). Choose another: npm run dev -- --port 0`,
    )
  })
  await librariesBundled(server)
  watchSources(server, root, core)
  return { origin: originOf(server), close: () => server.close() }
}

/** Without this, the first page would wait for the libraries and might time out. Later starts find them in the cache. */
async function librariesBundled(server: ViteDevServer): Promise<void> {
  const optimizer = server.environments['client']?.depsOptimizer
  await optimizer?.scanProcessing
  for (const { processing } of optimizer?.metadata.depInfoList ?? []) await processing
}

/** The core's console accepts only requests of its own pages, so this rewrites the host and the origin of these pages. */
function toCore(core: DevPagesOptions['core'], server: () => ViteDevServer): ProxyOptions {
  const target = core.consoleOrigin
  return {
    target,
    changeOrigin: true,
    configure: (proxy) =>
      proxy.on('proxyReq', (request) => {
        if (request.getHeader('origin') === originOf(server())) request.setHeader('origin', target)
      }),
  }
}

function originOf(server: ViteDevServer): string {
  const address = server.httpServer?.address()
  if (typeof address !== 'object' || address === null) throw new Error('Vite’s server has no address.')
  return `http://${HOST}:${address.port}`
}

function watchSources(server: ViteDevServer, root: string, core: DevPagesOptions['core']): void {
  const restart = new Delayer({ delayMs: SETTLE_MS, run: () => void core.restart() })
  const messages = new Delayer({ delayMs: SETTLE_MS, run: tellFaults })
  server.watcher.add([join(root, 'src-main'), join(root, 'src-shared')])
  server.watcher.on('all', (_event, path) => {
    if (path.includes(`${sep}messages${sep}`) && path.endsWith('.json')) messages.trigger()
    else if (!path.startsWith(join(root, 'src-renderer')) && path.startsWith(join(root, 'src-'))) restart.trigger()
  })
  function tellFaults(): void {
    for (const fault of generateMessages(root)) console.error(fault)
  }
}
