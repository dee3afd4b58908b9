import { Cluster } from '../../test/shared/run/cluster.ts'

const LIMIT = 60
const REQUESTS = 400
const AT_ONCE = 8

/** So many requests more than the limit per minute the gateways let in together, while many come to all of them. */
export async function measureOverrun(gateways: number): Promise<number> {
  const cluster = await Cluster.start({ gateways, direct: true })
  try {
    const [first] = cluster.running
    if (first === undefined) throw new Error('no gateway runs')
    const { id, secret } = await first.serve.createKey({ requestsPerMinute: LIMIT })
    for (const { serve } of cluster.running) {
      while (!(await serve.call('GET /api/keys', {})).some((key) => key.id === id));
    }
    const urls = cluster.running.map(({ serve }) => `${serve.gateway}/api/tags`)
    let [sent, allowed] = [0, 0]
    const ask = async () => {
      while (sent < REQUESTS) {
        const url = urls[sent++ % urls.length] ?? ''
        const answer = await fetch(url, { headers: { authorization: `Bearer ${secret}` } })
        await answer.arrayBuffer()
        if (answer.status === 200) allowed++
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, ask))
    return allowed - LIMIT
  } finally {
    await cluster.close()
  }
}
