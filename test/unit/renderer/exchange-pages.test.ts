import { describe, expect, it } from 'vitest'
import { cursorAfter, type Exchange, exchangeSchema, fitsFilter } from '#shared/gateway/exchange.ts'
import { type ExchangePages, insertFresh, PAGE_SIZE } from '../../../src-renderer/api/exchanges/exchange-pages.ts'

describe('exchanges told of while a list is open', () => {
  it('stand at their place in time, each once', () => {
    const told = [exchange('c', 30), exchange('a', 10)]
    const { pages } = insertFresh(list([exchange('b', 20), exchange('a', 10)]), {}, told)
    expect(idsOf(pages)).toEqual([['c', 'b', 'a']])
  })

  it('stand on the page of their time', () => {
    const first = fullPage('f', 2000)
    const told = [exchange('new', 3000), exchange('late', 1500)]
    const { pages } = insertFresh(list(first, [exchange('old', 1000)]), {}, told)
    expect(pages[0]?.[0]?.id).toBe('new')
    expect(idsOf(pages)[1]).toEqual(['late', 'old'])
  })

  it('are left to the next page where they are older than all that is there', () => {
    const before = list(fullPage('f', 2000))
    expect(insertFresh(before, {}, [exchange('late', 1)])).toEqual(before)
  })

  it('do not move where the next page begins', () => {
    const before = list(fullPage('f', 2000))
    const { pages } = insertFresh(before, {}, [exchange('new', 3000), exchange('late', 1)])
    expect(cursorOf(pages)).toBe(cursorOf(before.pages))
  })

  it('are left out where the list is about others', () => {
    const before = list([exchange('a', 10)])
    expect(insertFresh(before, { outcome: 'refused' }, [exchange('b', 20)])).toBe(before)
  })

  it('push the oldest out when there are very many', () => {
    const pages = Array.from({ length: 101 }, (_, index) => fullPage(`p${index}`, 1_000_000 - index * 1000))
    const { pages: kept } = insertFresh(list(...pages), {}, [exchange('new', 2_000_000)])
    expect(kept).toHaveLength(1)
    expect(kept[0]).toHaveLength(10_000)
    expect(kept[0]?.[0]?.id).toBe('new')
  })
})

describe('a filter', () => {
  it.each([
    [{}, true],
    [{ key: 'k1' }, true],
    [{ key: 'k2' }, false],
    [{ key: 'k2,k1' }, true],
    [{ key: '' }, false],
    [{ origin: '' }, true],
    [{ from: 100 }, true],
    [{ from: 101 }, false],
    [{ to: 100 }, false],
    [{ model: 'llama3', outcome: 'ok' as const }, true],
    [{ model: 'llama3', outcome: 'refused' as const }, false],
  ])('%j fits: %s', (filter, fits) => {
    expect(fitsFilter(exchange('a', 100), filter)).toBe(fits)
  })

  it('of several keys takes exchanges without one where an empty name is among them', () => {
    expect(fitsFilter({ ...exchange('a', 1), keyId: null }, { key: 'k2,' })).toBe(true)
  })
})

function list(...pages: Exchange[][]): ExchangePages {
  return { pages, pageParams: pages.map(() => undefined) }
}

function fullPage(name: string, newest: number): Exchange[] {
  return Array.from({ length: PAGE_SIZE }, (_, index) => exchange(`${name}${index}`, newest - index))
}

function idsOf(pages: readonly Exchange[][]): string[][] {
  return pages.map((page) => page.map(({ id }) => id))
}

function cursorOf(pages: readonly Exchange[][]): string | undefined {
  const last = pages.at(-1)?.at(-1)
  return last && cursorAfter(last)
}

function exchange(id: string, time: number): Exchange {
  return exchangeSchema.parse({
    id,
    time,
    keyId: 'k1',
    origin: null,
    userAgent: null,
    method: 'POST',
    route: '/api/chat',
    routeClass: 'chat',
    model: 'llama3',
    status: 200,
    outcome: 'ok',
    reason: null,
    promptTokens: 1,
    completionTokens: 1,
    metered: true,
    firstByteMs: 1,
    durationMs: 1,
    bytesIn: 1,
    bytesOut: 1,
  })
}
