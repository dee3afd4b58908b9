import type { AppState } from '#shared/console-api/state.ts'
import { type Key, newKeySchema } from '#shared/keys/key.ts'
import type { OriginRecord } from '#shared/origins/origin.ts'
import type { PairingAsker, PairingRequest } from '#shared/pairing/pairing.ts'
import { newPersonSchema, type Person } from '#shared/people/person.ts'
import { problem } from '#shared/text/problem.ts'

/** A running gateway with an upstream that answers, but for what a test says otherwise. */
export function stateWith(change: {
  status?: AppState['gateway']['status']
  reachable?: boolean
  pendingOrigins?: number
  pendingOnline?: number
  pendingOtherApps?: number
  pendingPeople?: number
  pendingPairings?: number
}): AppState {
  const { status = 'running', reachable = true, pendingOrigins = 0, pendingOnline = 0, pendingOtherApps = 0 } = change
  const found = reachable ? null : problem('upstream_stopped', 'Start Ollama.', { url: 'http://127.0.0.1:11434' })
  return {
    version: '0.1.0',
    shell: 'desktop',
    gateway: { status, address: 'http://localhost:11500', port: 11500, problem: null, lan: [], lanProblem: null },
    upstream: {
      url: 'http://127.0.0.1:11434',
      reachable,
      version: '0.30.0',
      models: [],
      sample: false,
      checkedAt: 0,
      problem: found,
    },
    sharedConsole: { urls: [], problem: null },
    keys: 1,
    pendingOrigins,
    pendingOnline,
    pendingOtherApps,
    pendingPeople: change.pendingPeople ?? 0,
    pendingPairings: change.pendingPairings ?? 0,
    notices: [],
    failures: { requests: 0, others: 0, last: null },
  }
}

/** A person who asked to join. */
export function askingPerson(change: Partial<Person> = {}): Person {
  return { ...newPersonSchema.parse({ name: 'Ada' }), id: 'person_ada', state: 'pending', createdAt: 0, ...change }
}

/** A key of which the person is asked whether it may use a model in the cloud. */
export function askingKey(change: Partial<Key> = {}): Key {
  return {
    ...newKeySchema.parse({ name: 'Page Assist' }),
    id: 'key_asking',
    enabled: true,
    prefix: 'sk-lk-abcdef',
    createdAt: 0,
    lastUsedAt: null,
    graceUntil: null,
    onlineQuestion: 'model',
    otherApp: null,
    onlyItsApp: false,
    ...change,
  }
}

export function originWith(change: Partial<OriginRecord>): OriginRecord {
  return {
    origin: 'https://example.org',
    status: 'allowed',
    decidedBy: 'person',
    label: null,
    firstSeenAt: 0,
    lastSeenAt: 0,
    requests: 0,
    refused: 0,
    ...change,
  }
}

/** A program that asks for a key. */
export function askingApp(asker: Partial<PairingAsker> = {}, name = 'Chatbox'): PairingRequest {
  const program = { name: 'chatbox', path: '/opt/chatbox/chatbox' }
  return {
    id: `id of ${name}`,
    code: '47-19',
    asker: {
      origin: null,
      originName: null,
      claim: name,
      program,
      userAgent: null,
      returnsTo: null,
      device: null,
      ...asker,
    },
    name,
    askedAt: 0,
    endsAt: 120_000,
  }
}
