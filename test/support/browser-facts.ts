import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Ask } from './extension/asker.ts'
import type { HeadRecorder, SeenHead } from './head-recorder.ts'

/** A row of the table in docs/browsers.md, without the browser: the form of a request from one kind of code. */
export interface BrowserFacts {
  readonly caller: string
  readonly reaches: string
  readonly originOnGet: string
  readonly originOnPost: string
  readonly fetchSite: string
  readonly preflight: string
  readonly cookie: string
}

export interface Caller {
  readonly name: string
  readonly ask: Ask
  /** Its own; of a content script its page's. */
  readonly origin: string
}

/** The rows of docs/browsers.md for a browser. */
export function documentedFacts(browser: string): BrowserFacts[] {
  const document = readFileSync(fileURLToPath(new URL('../../docs/browsers.md', import.meta.url)), 'utf8')
  const rows = document.matchAll(/^\| (.+) \|$/gm)
  return [...rows]
    .map(([, row = '']) => row.split(' | ').map((cell) => cell.trim()))
    .filter(([name]) => name === browser)
    .map(
      ([
        ,
        caller = '',
        reaches = '',
        originOnGet = '',
        originOnPost = '',
        fetchSite = '',
        preflight = '',
        cookie = '',
      ]) => ({
        caller,
        reaches,
        originOnGet,
        originOnPost,
        fetchSite,
        preflight,
        cookie,
      }),
    )
}

/** A row for code whose requests arrive. `reaches` tells if they always do. */
export async function measureFacts(
  recorder: HeadRecorder,
  { name, ask, origin }: Caller,
  reaches = 'yes',
): Promise<BrowserFacts> {
  const withKey = { headers: { Authorization: 'Bearer sk-lk-none' } }
  const get = await recorder.during((url) => ask({ url, method: 'GET', ...withKey }))
  const post = await recorder.during((url) => ask({ url, method: 'POST', body: '{}', ...withKey }))
  const asked = await recorder.during((url) => ask({ url, method: 'POST', body: '{}', credentials: 'include' }))
  return {
    caller: name,
    reaches,
    originOnGet: originIn(get, origin),
    originOnPost: originIn(post, origin),
    fetchSite: distinct([...get, ...post].map((head) => head.fetchSite ?? 'none sent')),
    preflight: [...get, ...post].some(({ method }) => method === 'OPTIONS') ? 'yes' : 'no',
    cookie: post.some(hasCookie) ? 'always' : asked.some(hasCookie) ? 'when asked' : 'never',
  }
}

/** A row for code whose requests never arrive. */
export function noFacts(caller: string): BrowserFacts {
  return { caller, reaches: 'never', originOnGet: '–', originOnPost: '–', fetchSite: '–', preflight: '–', cookie: '–' }
}

function originIn(heads: readonly SeenHead[], own: string): string {
  return distinct(heads.map(({ origin }) => (origin === undefined ? 'none' : origin === own ? 'its own' : origin)))
}

function hasCookie({ cookies }: SeenHead): boolean {
  return cookies.includes('strict')
}

function distinct(values: readonly string[]): string {
  return [...new Set(values)].join(', ')
}
