import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { Agent, fetch, type RequestInit, type Response } from 'undici'
import type { LanState } from '#shared/lan/lan.ts'
import { openSecretFile } from '../../src-main/headless/secret-file.ts'
import { machineNames } from '../../src-main/listeners/machine-names.ts'
import { type LanSettings, OtherDevices, type OtherDevicesOptions } from '../../src-main/listeners/other-devices.ts'
import { answerTrust } from '../../src-main/listeners/trust/answer-trust.ts'
import { startGateway, type TestGateway, type TestGatewayOptions } from './gateway.ts'
import { createTempDir } from './temp-dir.ts'

/** Stands for an address in the home network. Linux has all of 127/8. */
export const LAN_HOST = '127.0.0.2'
export const NAME = 'kitchen.local'

export interface LanGateway {
  readonly gateway: TestGateway
  readonly devices: OtherDevices
  readonly port: number
  /** `https://kitchen.local:<port>`, which only `fetch` below and `--resolve` find. */
  readonly url: string
  readonly dataDir: string
  /** Changed in place; the next look follows. */
  readonly addresses: string[]
  /** Added to the time of day, in ms. */
  readonly clock: { ahead: number }
  /** Every line that was logged. */
  log(): string
  ca(): string
  state(): LanState
  follow(settings: Partial<LanSettings>): Promise<void>
  /** A client that trusts the authority of this moment, on connections of its own. */
  client(): Client
  /** A TLS connection whose handshake is done. Rejects with its error. */
  secure(options?: ConnectionOptions): Promise<TLSSocket>
  close(): Promise<void>
}

export interface Client {
  readonly agent: Agent
  fetch(path: string, init?: RequestInit): Promise<Response>
}

export interface LanGatewayOptions extends TestGatewayOptions {
  readonly settings?: Partial<LanSettings>
  readonly limits?: OtherDevicesOptions['limits']
  readonly vault?: OtherDevicesOptions['vault']
  readonly dataDir?: string
  readonly host?: string
}

/** The real gateway with the real entrance on 127.0.0.2, as in a computer called kitchen. */
export async function startLanGateway(options: LanGatewayOptions = {}): Promise<LanGateway> {
  const dir = await createTempDir()
  const dataDir = options.dataDir ?? dir.path
  const host = options.host ?? LAN_HOST
  let settings: LanSettings = {
    lan: [host],
    lanTls: 'authority',
    lanCertificateFile: null,
    lanKeyFile: null,
    ...options.settings,
  }
  const clock = { ahead: 0 }
  const addresses = ['192.168.7.7']
  let log = ''
  const write = (details: object, message: string) =>
    (log += `${message} ${JSON.stringify(details)} ${String((details as { err?: unknown }).err)}\n`)
  const names = machineNames('Kitchen')
  const started: { gateway?: TestGateway } = {}
  const devices = new OtherDevices(
    {
      dataDir,
      vault: options.vault ?? openSecretFile(dataDir, 'lan-authority'),
      log: { info: write, warn: write },
      now: () => Date.now() + clock.ahead,
      names: () => names,
      ownAddresses: () => addresses,
      listening: () => ({ addresses: [host], port: started.gateway?.port ?? 0 }),
      isOwnName: (name) => names.all.includes(name) || name === host || addresses.includes(name),
      endUnencrypted: () => started.gateway?.gateway.endUnencrypted(),
      answerTrust,
      discovery: () => ({ state: 'off', name: null, problem: null }),
      onChange: () => undefined,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    },
    settings,
  )
  await devices.follow(settings)
  const gateway = await startGateway({
    ...options,
    entrance: devices.entrance,
    onRecord: (_exchange, address, userAgent) => devices.used(address, userAgent),
  })
  started.gateway = gateway
  gateway.settings.hosts = new Set([...names.all, host])
  await gateway.gateway.listen({ hosts: ['127.0.0.1', '::1', host], port: gateway.port })
  const { port } = gateway
  const url = `https://${NAME}:${port}`
  const ca = () => devices.certificate()?.pem ?? ''
  const agents: Agent[] = []
  return {
    gateway,
    devices,
    port,
    url,
    dataDir,
    addresses,
    clock,
    log: () => log,
    ca,
    state: () => devices.state(),
    async follow(changed) {
      settings = { ...settings, ...changed }
      await devices.follow(settings)
    },
    client() {
      const lookup: NonNullable<ConnectionOptions['lookup']> = (_name, _options, done) =>
        done(null, [{ address: host, family: 4 }])
      const agent = new Agent({ connect: { ca: ca(), lookup } })
      agents.push(agent)
      return { agent, fetch: (path, init) => fetch(`${url}${path}`, { ...init, dispatcher: agent }) }
    },
    secure: (more) => {
      const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
      const socket = connect({ host, port, servername: NAME, ca: ca(), ...more }, () => resolve(socket))
      socket.once('error', reject)
      return promise
    },
    async close() {
      await Promise.all(agents.map((agent) => agent.destroy()))
      await gateway.close()
      await devices.close()
      await dir.remove()
    },
  }
}
