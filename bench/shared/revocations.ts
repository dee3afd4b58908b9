import { Cluster } from '../../test/shared/run/cluster.ts'
import { timeToRevoke } from '../../test/shared/run/revocation.ts'

/** Times in ms from the confirmation that a key is disabled at one gateway to the end of its stream at another, ascending. */
export async function measureRevocations(gateways: number, times: number): Promise<number[]> {
  const cluster = await Cluster.start({ gateways, direct: true })
  try {
    const [here, ...others] = cluster.running.map(({ serve }) => serve)
    const taken: number[] = []
    for (let time = 0; time < times; time++) {
      const there = others[time % others.length]
      if (here === undefined || there === undefined) throw new Error('two gateways must run')
      taken.push(await timeToRevoke({ here, there, startClock }))
    }
    return taken.toSorted((one, other) => one - other)
  } finally {
    await cluster.close()
  }
}

function startClock(): () => number {
  const begun = performance.now()
  return () => performance.now() - begun
}
