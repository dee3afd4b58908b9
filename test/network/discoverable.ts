import { expect } from 'vitest'
import type { DiscoveryState } from '#shared/lan/lan.ts'
import type { FoundService } from '../../src-main/listeners/discovery/found-services.ts'
import { type HomeNetwork, type LanHost, startHomeNetwork } from '../support/namespaces.ts'
import { MAIN, type Serve, type StartServeOptions, startServe } from '../support/serve.ts'
import { until } from '../support/until.ts'

export type Found = FoundService & { url: string }

/** A home network in which Latchkeys announce themselves. */
export class DiscoverableHome {
  readonly network: HomeNetwork = startHomeNetwork()
  readonly desk: LanHost = this.network.plugIn('desk')
  readonly phone: LanHost = this.network.plugIn('phone')
  readonly #running: Serve[] = []

  /** A running `latchkey serve` that lets nobody else in yet. */
  async start(host: LanHost, options: StartServeOptions = {}): Promise<Serve> {
    const serve = await startServe({ prefix: host.prefix, ...options })
    this.#running.push(serve)
    return serve
  }

  /** One that lets others in and announces itself. */
  async serve(host: LanHost, options: StartServeOptions = {}): Promise<Serve> {
    const serve = await this.start(host, options)
    await serve.call('PATCH /api/settings', { lan: 'all', discovery: true })
    return serve
  }

  /** Another host with the name of the first: it makes no difference that this one is written with a capital. */
  plugInTwin(): LanHost {
    return this.network.plugIn('Desk')
  }

  async remove(): Promise<void> {
    await Promise.all(this.#running.map((serve) => serve.stop()))
    await this.network.remove()
  }
}

export async function discoveryOf(serve: Serve): Promise<DiscoveryState> {
  return (await serve.call('GET /api/lan', {})).discovery
}

/** The name under which it is announced, once it is. */
export function nameOf(serve: Serve): Promise<string> {
  return until(async () => (await discoveryOf(serve)).name ?? undefined, 'the announcement')
}

/** What `latchkey find` finds in a host. */
export async function find(host: LanHost, seconds = 2): Promise<Found[]> {
  const { code, stdout, stderr } = await host.run([process.execPath, MAIN, 'find', '--json', '--seconds', `${seconds}`])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Found[]
}
