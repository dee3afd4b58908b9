import type { AppState, UpstreamState } from '#shared/console-api/state.ts'
import type { LanState } from '#shared/lan/lan.ts'
import type { Person } from '#shared/people/person.ts'
import { problem } from '#shared/text/problem.ts'
import { modelMatcher } from '#shared/upstreams/model-names.ts'

// Every field is named here, so that a new one reaches nobody before somebody has thought of it.

/** What a person who is no operator needs to connect an app. `keys` is the number of their own. */
export function ownState(
  { version, shell, gateway, upstream, sharedConsole }: AppState,
  person: Person,
  keys: number,
): AppState {
  const { status, address, port, lan } = gateway
  return {
    version,
    shell,
    gateway: { status, address, port, problem: gateway.problem, lan, lanProblem: null },
    upstream: ownUpstream(upstream, person),
    sharedConsole: { urls: sharedConsole.urls, problem: null },
    keys,
    pendingOrigins: 0,
    pendingOnline: 0,
    pendingOtherApps: 0,
    pendingPairings: 0,
    pendingPeople: 0,
    notices: [],
    failures: { requests: 0, others: 0, last: null },
  }
}

/** Without the upstream's address, which would lead around the gateway. */
function ownUpstream(
  { reachable, version, models, sample, checkedAt, problem }: UpstreamState,
  { models: patterns }: Person,
) {
  const mayUse = patterns === null ? () => true : modelMatcher(patterns)
  return {
    url: '',
    reachable,
    version,
    models: models.filter(mayUse),
    sample,
    checkedAt,
    problem: problem === null ? null : UNUSABLE,
  }
}

const UNUSABLE = problem(
  'upstream_unusable',
  'Latchkey cannot use the model server at the moment. Ask the owner of this Latchkey.',
  {},
)

/** How a person connects another device, without the devices of others and without problems that name files. */
export function ownLan({
  tls,
  addresses,
  name,
  trustUrl,
  certificate,
  authority,
  discovery,
  ...rest
}: LanState): LanState {
  const { arrivedFromOutside } = rest
  return {
    tls,
    addresses,
    name,
    trustUrl,
    certificate,
    authority,
    problem: null,
    devices: [],
    discovery: { state: discovery.state, name: discovery.name, problem: null },
    arrivedFromOutside,
  }
}
