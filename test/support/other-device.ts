import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { afterAll } from 'vitest'
import type { LanState } from '#shared/lan/lan.ts'

/**
 * An address from which this computer can connect to itself like another device: Latchkey counts neither its own network
 * addresses nor 127/8 as one. It is there until the tests of the file have ended. undefined, with a message, if it
 * cannot be added.
 */
export function otherDeviceAddress(): string | undefined {
  // 198.18/15 is in use nowhere (RFC 2544). Files that run at the same time need different ones.
  const address = `198.18.${randomInt(256)}.${randomInt(1, 255)}`
  const ip = (verb: string) => spawnSync('ip', ['address', verb, `${address}/32`, 'dev', 'lo'])
  if (process.platform !== 'linux' || ip('add').status !== 0) {
    console.log('skipped: adding an address to this computer needs Linux, root and iproute2')
    return undefined
  }
  afterAll(() => void ip('delete'))
  return address
}

export interface DeviceCall {
  /** The device's own address. */
  readonly from: string
  readonly lan: LanState
  /** The address of this computer on which Latchkey listens. */
  readonly host: string
  /** The authority that the device trusts; without it, it trusts none. */
  readonly ca?: string
  readonly userAgent?: string
  readonly secret?: string
}

/** A request over TLS by the computer's name. Resolves to the status, or rejects with the error of the handshake. */
export async function callAsDevice({ from, lan, host, ca = '', userAgent, secret }: DeviceCall): Promise<number> {
  const { port } = new URL(lan.addresses[0]?.url ?? '')
  const sent = request({
    host,
    port,
    path: '/api/tags',
    localAddress: from,
    servername: lan.name,
    ca,
    agent: false,
    headers: {
      Host: `${lan.name}:${port}`,
      ...(userAgent === undefined ? {} : { 'User-Agent': userAgent }),
      ...(secret === undefined ? {} : { Authorization: `Bearer ${secret}` }),
    },
  })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  return answer.statusCode ?? 0
}
