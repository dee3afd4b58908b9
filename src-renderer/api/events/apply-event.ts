import type { QueryClient } from '@tanstack/react-query'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState } from '#shared/console-api/state.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { EXCHANGE_LISTS, type ExchangePages, filterIn, insertFresh } from '../exchanges/exchange-pages.ts'
import { mergeExchanges } from '../exchanges/merge-exchanges.ts'
import { addPushed, clearPushed } from '../exchanges/pushed-exchanges.ts'
import { refetch } from '../refetch.ts'
import { doubtPairings, showChange, showQuestion } from '../shown-pairings.ts'

/** Exchanges of this period are shown together, so that a busy gateway does not redraw the page for each of them. */
const BATCH_MS = 200
/** The recorder writes about once a second. Sums that are read earlier lack the exchange. */
const SUMS_AFTER_MS = 1500

/** Updates the data of the pages with each event of the core. */
export class EventApplier {
  readonly #client: QueryClient
  #batch: Exchange[] = []
  #sumsAreDue = false

  constructor(client: QueryClient) {
    this.#client = client
  }

  apply(event: AppEvent): void {
    switch (event.type) {
      case 'exchange':
        return this.#add(event.exchange)
      case 'state':
        return void this.#showState(event.state)
      case 'keys':
        return this.#refetch('keys', 'people', 'state')
      case 'online-question':
      case 'other-app-question':
      case 'key-expires':
      case 'limit-question':
        return this.#refetch('keys', 'state')
      case 'people':
      case 'join-question':
        return this.#refetch('people', 'me', 'quotas', 'keys', 'usage')
      case 'quota-warning':
        return this.#refetch('quotas')
      case 'invitations':
        return this.#refetch('invitations')
      case 'sessions':
        return this.#refetch('sessions', 'me')
      case 'origins':
      case 'question':
        return this.#refetch('origins', 'state')
      case 'pairing-question':
        return void showQuestion(this.#client, event.request)
      case 'pairing-change':
        return void showChange(this.#client, event.change)
      case 'settings':
        return this.#refetch('settings', 'providers', 'state')
      case 'lan':
        return this.#refetch('lan')
      case 'update':
        return void this.#client.setQueryData(['update'], event.update)
      case 'replaced':
        return this.#refetchAll()
    }
  }

  #add(exchange: Exchange): void {
    if (this.#batch.push(exchange) === 1) setTimeout(() => this.#showBatch(), BATCH_MS)
    if (this.#sumsAreDue) return
    this.#sumsAreDue = true
    setTimeout(() => {
      this.#sumsAreDue = false
      this.#refetch('usage', 'quotas', 'keys', 'origins')
    }, SUMS_AFTER_MS)
  }

  #showBatch(): void {
    const fresh = this.#batch
    this.#batch = []
    addPushed(this.#client, fresh)
    this.#client.setQueryData<Exchange[]>(['exchanges'], (before) => mergeExchanges(fresh, before ?? []))
    for (const [key, pages] of this.#client.getQueriesData<ExchangePages>({ queryKey: EXCHANGE_LISTS })) {
      if (pages !== undefined) this.#client.setQueryData(key, insertFresh(pages, filterIn(key), fresh))
    }
  }

  /** Cancels running requests for the state: their answer is older than the event and would replace it. */
  async #showState(state: AppState): Promise<void> {
    await this.#client.cancelQueries({ queryKey: ['state'] })
    this.#client.setQueryData(['state'], state)
  }

  #refetch(...names: string[]): void {
    for (const name of names) refetch(this.#client, { queryKey: [name] })
  }

  /** Drops the data of closed pages too: it may come from another database and must not be mixed with new data. */
  #refetchAll(): void {
    this.#batch = []
    clearPushed(this.#client)
    doubtPairings(this.#client)
    this.#client.removeQueries({ type: 'inactive' })
    refetch(this.#client)
  }
}
