import type { StorePort } from './store-port.ts'

/** A page is answered with what is known rather than later. */
const LONGEST_MS = 1_000

/**
 * Waits until this gateway knows what the others had changed before this call, so that a page shows what a balancer let it do
 * at another gateway a moment ago. Never rejects, and does not wait for a database that is away.
 */
export async function catchUp(store: Pick<StorePort, 'isShared' | 'catchUp'>): Promise<void> {
  if (!store.isShared) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, LONGEST_MS)
  store.catchUp().then(resolve, () => resolve())
  await promise
  clearTimeout(timer)
}
