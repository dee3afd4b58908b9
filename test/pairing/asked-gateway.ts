import type { PairingRequest } from '#shared/pairing/pairing.ts'
import type { PairingOptions } from '../../src-main/pairing/pairings.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { choiceOf, DeviceApp, onlyRequest } from './asking-app.ts'

/** A gateway that apps ask for keys, and what its person sees and answers. The test moves the clocks of pairing. */
export interface AskedGateway extends TestGateway {
  /** Milliseconds. `monotonic` only goes on; `wall` can be set to any time. */
  readonly clocks: { monotonic: number; wall: number }
  program(headers?: Record<string, string>): DeviceApp
  page(origin: string): DeviceApp
  onlyRequest(): PairingRequest
  approveOnly(): void
  declineOnly(): void
  declineAll(): void
  /** Number of open requests. */
  openCount(): number
}

export async function startAskedGateway(pairing: Partial<PairingOptions> = {}): Promise<AskedGateway> {
  const clocks = { monotonic: 1_000, wall: Date.parse('2026-11-29T12:00:00Z') }
  const gateway = await startGateway({
    pairing: { monotonic: () => clocks.monotonic, now: () => clocks.wall, ...pairing },
    timeouts: { keyless: 400 },
  })
  const { url, pairings } = gateway
  return {
    ...gateway,
    clocks,
    program: (headers = {}) => new DeviceApp(url, headers),
    page: (origin) => new DeviceApp(url, { origin }),
    onlyRequest: () => onlyRequest(gateway),
    approveOnly: () => void pairings.approve({ ...choiceOf(onlyRequest(gateway)), preset: 'models' }),
    declineOnly: () => void pairings.decline(choiceOf(onlyRequest(gateway))),
    declineAll: () => {
      for (const request of pairings.list()) void pairings.decline(choiceOf(request))
    },
    openCount: () => pairings.list().length,
  }
}
