import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const FOLDER = '/latchkey'
const LIST = `${FOLDER}/latest-linux.yml`

type Answer = (response: ServerResponse) => void

/** A server for updates on a port of this computer, which can do wrong in many ways and notes what it is asked for. */
export interface UpdateServer {
  /** The address of the folder. */
  readonly feed: string
  /** Paths without their query, with the headers that came. */
  readonly asked: { readonly path: string; readonly headers: NodeJS.Dict<string | string[]> }[]
  /** How often the package was asked for. */
  loads(): number
  /** Offers a version with this package. `list` is over what the list says of it. */
  offer(version: string, content: Buffer, list?: { sha512?: string | undefined; url?: string }): void
  /** Answers the list itself in another way. */
  list(answer: Answer): void
  /** Answers the package that was offered in another way. */
  package(answer: Answer): void
  stop(): Promise<void>
}

export const sha512Of = (content: Buffer) => createHash('sha512').update(content).digest('base64')

export async function startUpdateServer(): Promise<UpdateServer> {
  const answers = new Map<string, Answer>()
  const asked: UpdateServer['asked'] = []
  const notFound: Answer = (response) => response.writeHead(404).end('not found')
  let offered = ''
  const server = createServer((request, response) => {
    const { pathname } = new URL(String(request.url), 'http://feed')
    asked.push({ path: pathname, headers: request.headers })
    ;(answers.get(pathname) ?? notFound)(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    feed: `http://127.0.0.1:${(server.address() as AddressInfo).port}${FOLDER}`,
    asked,
    loads: () => asked.filter(({ path }) => path !== LIST).length,
    offer(version, content, { sha512 = sha512Of(content), url = `Latchkey-${version}-linux-x64.AppImage` } = {}) {
      offered = `${FOLDER}/${url}`
      const text = listOf({ version, url, sha512, size: content.length })
      answers.set(LIST, (response) => response.end(text))
      answers.set(offered, (response) => response.writeHead(200, { 'Content-Length': content.length }).end(content))
    },
    list: (answer) => void answers.set(LIST, answer),
    package: (answer) => void answers.set(offered, answer),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** As electron-builder writes it. */
function listOf({
  version,
  url,
  sha512,
  size,
}: {
  version: string
  url: string
  sha512: string
  size: number
}): string {
  const file = [`  - url: ${url}`, `    sha512: ${sha512}`, `    size: ${size}`]
  const old = [`path: ${url}`, `sha512: ${sha512}`, "releaseDate: '2026-01-01T00:00:00.000Z'"]
  return [`version: ${version}`, 'files:', ...file, ...old, 'releaseNotes: |', '  Fewer <b>bugs</b>.', ''].join('\n')
}
