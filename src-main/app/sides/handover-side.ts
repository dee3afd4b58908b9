import { isAbsolute } from 'node:path'
import type { AppState, UpstreamState } from '#shared/console-api/state.ts'
import type { AccessRoom } from '../../access/access-room.ts'
import { homeOfUser } from '../../base/home-folder.ts'
import type { Host } from '../../base/host.ts'
import type { ConsolePorts } from '../../console-api/ports.ts'
import type { Environment } from '../../handover/app-folders.ts'
import type { HandoverPorts } from '../../handover/ports.ts'

interface HandoverOptions {
  readonly host: Pick<Host, 'dataDir' | 'env' | 'log'>
  readonly access: AccessRoom
  readonly state: () => AppState
  readonly look: () => Promise<UpstreamState>
  readonly now: () => number
}

/** The hand-over by file. Its parsers are loaded when somebody first asks for it. */
export function createHandover(options: HandoverOptions): ConsolePorts['handover'] {
  let loading: ReturnType<typeof load> | undefined
  const load = async () => new (await import('../../handover/handover.ts')).Handover(portsOf(options))
  const room = () => (loading ??= load())
  return {
    list: async () => (await room()).list(),
    plan: async (request) => (await room()).plan(request),
    apply: async (request) => (await room()).apply(request),
    undo: async (request) => (await room()).undo(request),
  }
}

function portsOf({ host, access, state, look, now }: HandoverOptions): HandoverPorts {
  return {
    dataDir: host.dataDir,
    environment: environmentOf(host.env),
    address: () => state().gateway.address,
    async models() {
      const { models } = state().upstream
      return models.length > 0 ? models : (await look()).models
    },
    keys: {
      create: (key) => access.keys.create(key),
      identify(secret) {
        const key = access.identify(secret)
        return 'refused' in key ? undefined : key
      },
      nameOf: (id) => access.labelOf('key', id),
      allowInUrl: (id, allowInUrl) => access.keys.update(id, { allowInUrl }),
      delete: async (id) => (await access.keys.delete(id)) !== undefined,
      forget: (id) => access.keys.forget(id),
    },
    now,
    log: host.log,
  }
}

function environmentOf(env: Host['env']): Environment | null {
  const home = env[process.platform === 'win32' ? 'USERPROFILE' : 'HOME'] ?? homeOfUser()
  return home !== undefined && isAbsolute(home) ? { platform: process.platform, home, env } : null
}
