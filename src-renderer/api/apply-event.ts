import type { QueryClient } from '@tanstack/react-query'
import type { AppEvent } from '#shared/console-api/events.ts'
import type { AppState } from '#shared/console-api/state.ts'
import type { Exchange } from '#shared/gateway/exchange.ts'
import { askAnew } from './ask-anew.ts'
import { EXCHANGE_LISTS, type ExchangePages, filterIn, insertFresh } from './exchange-pages.ts'
import { mergeExchanges } from './merge-exchanges.ts'
import { forgetTold, noteTold } from './told-exchanges.ts'

/** Several exchanges a second must not draw the page as often. */
const GATHER_MS = 200
/** The recorder writes about once a second: sums asked for earlier would lack the exchange. */
const SUMS_AFTER_MS = 1500

/** Brings what the pages show up to date with each event. */
export function eventApplier(client: QueryClient): (event: AppEvent) => void {
  let gathered: Exchange[] = []
  let sumsDue = false
  const refresh = (...names: string[]) => names.forEach((name) => askAnew(client, { queryKey: [name] }))

  /** An answer still on its way was asked for before, and would put the old state back for good. */
  async function showState(state: AppState) {
    await client.cancelQueries({ queryKey: ['state'] })
    client.setQueryData(['state'], state)
  }

  function gather(exchange: Exchange) {
    if (gathered.push(exchange) === 1) setTimeout(showGathered, GATHER_MS)
    if (sumsDue) return
    sumsDue = true
    setTimeout(() => {
      sumsDue = false
      refresh('usage', 'keys', 'origins')
    }, SUMS_AFTER_MS)
  }

  function showGathered() {
    const fresh = gathered
    gathered = []
    noteTold(client, fresh)
    client.setQueryData<Exchange[]>(['exchanges'], (before) => mergeExchanges(fresh, before ?? []))
    for (const [key, pages] of client.getQueriesData<ExchangePages>({ queryKey: EXCHANGE_LISTS })) {
      if (pages !== undefined) client.setQueryData(key, insertFresh(pages, filterIn(key), fresh))
    }
  }

  /** Nothing that was known before may be joined with what comes, or show for a moment when another page is opened. */
  function readAnew() {
    gathered = []
    forgetTold(client)
    client.removeQueries({ type: 'inactive' })
    askAnew(client)
  }

  return (event) => {
    switch (event.type) {
      case 'exchange':
        return gather(event.exchange)
      case 'state':
        return void showState(event.state)
      case 'keys':
      case 'online-question':
      case 'other-app-question':
        return refresh('keys', 'state')
      case 'origins':
      case 'question':
        return refresh('origins', 'state')
      case 'pairing-question':
      case 'pairing-change':
        return refresh('pairing', 'state')
      case 'settings':
        return refresh('settings', 'state')
      case 'update':
        return void client.setQueryData(['update'], event.update)
      case 'replaced':
        return readAnew()
    }
  }
}
