// Stands for GitHub's three endpoints (access token, user, e-mail addresses), because GitHub itself cannot be had in a test.

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { GithubEndpoints } from '../../../src-main/people/providers/github-client.ts'
import { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI } from './openid-provider.ts'

const TOKEN = 'gho_token'

export interface GithubDouble {
  readonly endpoints: GithubEndpoints
  user: object
  /** undefined: the person did not grant the scope. */
  emails: object[] | undefined
  /** The status of every answer; null for the right one. */
  status: number | null
  /** Where GitHub sends the browser back, after it was sent to `url`. */
  walk(url: string): URL
  close(): Promise<void>
}

export async function startGithubDouble(): Promise<GithubDouble> {
  const challenges = new Map<string, string>()
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const double: GithubDouble = {
    endpoints: {
      authorization: 'https://github.com/login/oauth/authorize',
      token: `${url}/login/oauth/access_token`,
      user: `${url}/user`,
      emails: `${url}/user/emails`,
    },
    user: { id: 583231, login: 'octocat', name: 'The Octocat' },
    emails: [
      { email: 'other@example.org', primary: false, verified: true },
      { email: 'octocat@example.org', primary: true, verified: true },
    ],
    status: null,
    walk(from) {
      const asked = new URL(from).searchParams
      const code = `code-${challenges.size}`
      challenges.set(code, asked.get('code_challenge') ?? '')
      const back = new URL(asked.get('redirect_uri') ?? '')
      back.search = `${new URLSearchParams({ code, state: asked.get('state') ?? '' })}`
      return back
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const body = new URLSearchParams(await text(request))
    const [status, content] = request.url === '/login/oauth/access_token' ? tokenAnswer(body) : apiAnswer(request)
    response.writeHead(double.status ?? status, { 'Content-Type': 'application/json' }).end(JSON.stringify(content))
  }

  /** GitHub reports errors with status 200, except for an unknown client. */
  function tokenAnswer(body: URLSearchParams): [status: number, content: object] {
    if (body.get('client_id') !== CLIENT_ID) return [404, { error: 'Not Found' }]
    if (body.get('client_secret') !== CLIENT_SECRET) return [200, { error: 'incorrect_client_credentials' }]
    if ((body.get('redirect_uri') ?? REDIRECT_URI) !== REDIRECT_URI) return [200, { error: 'redirect_uri_mismatch' }]
    const code = body.get('code') ?? ''
    const challenge = challenges.get(code)
    challenges.delete(code)
    const verified = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    if (challenge !== verified) return [200, { error: 'bad_verification_code' }]
    return [200, { access_token: TOKEN, token_type: 'bearer', scope: 'user:email' }]
  }

  function apiAnswer({ url: path, headers }: IncomingMessage): [status: number, content: object] {
    if (headers.authorization?.toLowerCase() !== `bearer ${TOKEN}`) return [401, { message: 'Bad credentials' }]
    if (headers['user-agent'] === undefined) return [403, { message: 'User-Agent is missing' }]
    if (path === '/user') return [200, double.user]
    return double.emails === undefined ? [404, { message: 'Not Found' }] : [200, double.emails]
  }

  return double
}
