import { redactSecrets } from '#shared/keys/secret.ts'
import { isExtension } from '#shared/origins/origin.ts'
import type { PairingAsker } from '#shared/pairing/pairing.ts'
import { visiblePart } from '#shared/text/visible-text.ts'
import type { AppRequest, AskerFacts } from '../ports.ts'
import type { Program } from './program.ts'

/** Room for a site's name beside it in the name of a key. */
const MOST_CLAIM = 40
const MOST_NAME = 80
const MOST_PATH = 300
const NAMELESS = 'App'
/** The commands of macOS and Windows take a moment. */
const FIND_MS = 2_000

/** Who asks, and the slot in which they may have one open request. */
export interface Asker {
  readonly slot: string
  readonly asker: PairingAsker
  readonly name: string
}

export interface Asked {
  readonly request: AppRequest
  /** The site or extension that will get the key; null for a program. */
  readonly origin: string | null
  /** What the app calls itself; empty if it does not. */
  readonly claim: string
  /** The page of this computer to which the answer goes. */
  readonly returnsTo: string | null
}

export async function describeAsker({ request, origin, claim, returnsTo }: Asked, facts: AskerFacts): Promise<Asker> {
  // Behind a page's connection is only a browser, whose path says nothing about the page.
  const isProgram = origin === null && returnsTo === null
  const program = isProgram ? await programBehind(request, facts) : undefined
  const asker: PairingAsker = {
    origin,
    originName: origin === null ? null : facts.originName(origin),
    claim: shown(claim, MOST_CLAIM) || null,
    program: program === undefined ? null : shownProgram(program),
    userAgent: request.userAgent,
    returnsTo,
  }
  const caller = callerOf({ request, origin, returnsTo })
  const slot = program === undefined ? caller : `program ${program.path ?? program.name}`
  return { slot, asker, name: nameOf(asker) }
}

/** The system's answer, if it comes in time: a hint is not worth a wait. */
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

/** Who asks, before the system was asked about the program. */
export function callerOf({ request, origin, returnsTo }: Omit<Asked, 'claim'>): string {
  if (origin !== null) return `origin ${origin}`
  return returnsTo === null
    ? `address ${request.connection.client.address} ${request.userAgent ?? ''}`
    : `page ${returnsTo}`
}

/** The name of the key. A site's own name never stands alone, because any site can call itself anything. */
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
