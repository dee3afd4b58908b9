import { redactSecrets } from '#shared/keys/secret.ts'
import { isExtension } from '#shared/origins/origin.ts'
import type { PairingAsker } from '#shared/pairing/pairing.ts'
import { visiblePart } from '#shared/text/visible-text.ts'
import type { Caller } from '../held-pairing.ts'
import type { AppRequest, AskerFacts } from '../ports.ts'
import type { Program } from './program.ts'

/** Maximum length of an app's own name. A site's name must fit beside it in the key's name. */
const MOST_CLAIM = 40
const MOST_NAME = 80
const MOST_PATH = 300
const NAMELESS = 'App'
/** Maximum wait for the commands of macOS and Windows, which take a moment. */
const FIND_MS = 2_000

/** The app that asks, and the slot in which it may have one open request. */
export interface Asker {
  readonly slot: string
  readonly asker: PairingAsker
  readonly name: string
}

export interface Asked {
  readonly request: AppRequest
  /** The site or extension that will get the key; null for a program. */
  readonly origin: string | null
  /** The name that the app gives itself; empty if it gives none. */
  readonly claim: string
  /** The origin of the page beside the app that gets the answer. */
  readonly returnsTo: string | null
}

export async function describeAsker({ request, origin, claim, returnsTo }: Asked, facts: AskerFacts): Promise<Asker> {
  // A page's connection belongs to the browser, whose path says nothing about the page.
  const isProgram = origin === null && returnsTo === null && request.device === null
  const program = isProgram ? await programBehind(request, facts) : undefined
  const asker: PairingAsker = {
    origin,
    originName: origin === null ? null : facts.originName(origin),
    claim: shown(claim, MOST_CLAIM) || null,
    program: program === undefined ? null : shownProgram(program),
    userAgent: request.userAgent,
    returnsTo,
    device: request.device,
  }
  const { slot: caller } = callerOf({ request, origin, returnsTo })
  const slot = program === undefined ? caller : `program ${program.path ?? program.name}`
  return { slot, asker, name: nameOf(asker) }
}

/** Resolves to undefined if the system takes too long, because a hint is not worth a long wait. */
async function programBehind({ connection }: AppRequest, facts: AskerFacts): Promise<Program | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), FIND_MS)
  })
  try {
    return await Promise.race([facts.findProgram(connection), late])
  } finally {
    clearTimeout(timer)
  }
}

function shownProgram({ name, path }: Program): Program {
  return { name: shown(name, MOST_CLAIM), path: path === null ? null : shown(path, MOST_PATH) }
}

/** Identifies the asker before the system is asked about the program. */
export function callerOf({ request, origin, returnsTo }: Omit<Asked, 'claim'>): Caller {
  const { device } = request
  const app = appOf({ request, origin, returnsTo })
  return { slot: device === null ? app : `device ${device} ${app}`, device }
}

function appOf({ request, origin, returnsTo }: Omit<Asked, 'claim'>): string {
  if (origin !== null) return `origin ${origin}`
  return returnsTo === null
    ? `address ${request.connection.client.address} ${request.userAgent ?? ''}`
    : `page ${returnsTo}`
}

/** The suggested name of the key. A site's own name is followed by its host, because a site can call itself anything. */
function nameOf({ origin, originName, claim, program, userAgent, returnsTo }: PairingAsker): string {
  if (originName !== null) return shown(originName, MOST_NAME)
  const site = origin === null || isExtension(origin) ? '' : hostOf(origin)
  if (claim !== null) return shown(site === '' ? claim : `${claim} (${site})`, MOST_NAME)
  return shown(site || hostOf(returnsTo ?? ''), MOST_NAME) || program?.name || userAgent || NAMELESS
}

function hostOf(origin: string): string {
  return origin.replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
}

function shown(text: string, most: number): string {
  return visiblePart(redactSecrets(text), most)
}
