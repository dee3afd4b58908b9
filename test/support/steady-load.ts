import { Agent, request } from 'node:http'

export interface LoadReport {
  readonly answered: number
  readonly streams: number
  /** What went wrong, one line a request. */
  readonly failures: readonly string[]
}

export interface SteadyLoad {
  /** The number of whole answers so far. */
  answered(): number
  /** Ends after the running requests. */
  stop(): Promise<LoadReport>
}

export interface LoadOptions {
  readonly url: string
  readonly secret: string
  readonly small: number
  readonly streams: number
}

interface Ask {
  readonly method: string
  readonly path: string
  readonly body?: string
  /** The end of a whole answer. */
  readonly end: string
}

const CHAT = JSON.stringify({ model: 'sample-small', messages: [{ role: 'user', content: 'count to 30' }] })
const SMALL: Ask = { method: 'GET', path: '/api/version', end: '}' }
const STREAM: Ask = { method: 'POST', path: '/api/chat', body: CHAT, end: '"done":true' }

/** Clients that send one request after another the whole time, small ones and chats that stream, over connections that stay open. */
export function startLoad({ url, secret, small, streams }: LoadOptions): SteadyLoad {
  const agent = new Agent({ keepAlive: true })
  const failures: string[] = []
  const counts = { answered: 0, streams: 0 }
  let isRunning = true
  const client = async (asked: Ask) => {
    while (isRunning) {
      const failure = await send(url, secret, agent, asked)
      if (failure === undefined) {
        counts.answered++
        if (asked === STREAM) counts.streams++
      } else failures.push(failure)
    }
  }
  const clients = [
    ...Array.from({ length: small }, () => client(SMALL)),
    ...Array.from({ length: streams }, () => client(STREAM)),
  ]
  return {
    answered: () => counts.answered,
    async stop() {
      isRunning = false
      await Promise.all(clients)
      agent.destroy()
      return { ...counts, failures }
    },
  }
}

/** Resolves to what is wrong with the answer, or to undefined. */
function send(
  url: string,
  secret: string,
  agent: Agent,
  { method, path, body, end }: Ask,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = {
      Authorization: `Bearer ${secret}`,
      ...(body === undefined ? {} : { 'Content-Length': body.length }),
    }
    const asked = request(url + path, { method, agent, headers })
    asked.on('error', (error) => resolve(`${path}: ${error.message}`))
    asked.on('response', (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => (text += piece))
      answer.on('error', (error) => resolve(`${path}: ${answer.statusCode} ${error.message}`))
      answer.on('end', () => {
        const isWhole = answer.statusCode === 200 && text.trimEnd().includes(end)
        resolve(isWhole ? undefined : `${path}: ${answer.statusCode} ${text.slice(-200)}`)
      })
    })
    asked.end(body)
  })
}
