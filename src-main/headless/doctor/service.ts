import type { UpstreamState } from '#shared/console-api/state.ts'
import { isThisComputer } from '../../base/loopback.ts'
import type { Finding } from './finding.ts'

/** What systemd knows of `latchkey.service`, by its own names. */
export interface UnitFacts {
  /** `active`, `inactive`, `failed`, `activating` ... */
  readonly activeState: string
  /** Why it failed: `exit-code`, `oom-kill`, `timeout` ... */
  readonly result: string
  /** `enabled`, `disabled` ... */
  readonly unitFileState: string
  /** Where the unit says that everything is kept, or null. */
  readonly dataDir: string | null
}

export interface ContainerFacts {
  /** Whether what is written there stays when the container is replaced. */
  readonly dataIsOnVolume: boolean
}

/** How Latchkey is run on a server; null where it is not run so. */
export interface ServiceFacts {
  readonly unit: UnitFacts | null
  readonly container: ContainerFacts | null
}

export interface Examined {
  readonly dataDir: string
  readonly upstream: Pick<UpstreamState, 'url' | 'reachable'>
}

/** What is wrong with the service or the container, if Latchkey is run as one. */
export function serviceFindings({ unit, container }: ServiceFacts, examined: Examined): Finding[] {
  return [
    ...(unit === null ? [] : unitFindings(unit, examined.dataDir)),
    ...(container === null ? [] : containerFindings(container, examined)),
  ]
}

function unitFindings(unit: UnitFacts, dataDir: string): Finding[] {
  const elsewhere = unit.dataDir !== null && unit.dataDir !== dataDir ? [lookedElsewhere(unit.dataDir, dataDir)] : []
  return [stateOfUnit(unit), ...elsewhere]
}

function stateOfUnit({ activeState, result, unitFileState }: UnitFacts): Finding {
  if (activeState === 'failed') {
    const fix = 'Its last words are in: journalctl -u latchkey -n 50'
    return finding(false, `The service latchkey has failed (${result}).`, fix)
  }
  if (activeState !== 'active') {
    const fix = 'Start it with: sudo systemctl enable --now latchkey'
    return finding(false, `The service latchkey is installed and does not run (${activeState}).`, fix)
  }
  if (unitFileState !== 'enabled') {
    const fix = 'To change that: sudo systemctl enable latchkey'
    return finding(false, 'The service latchkey runs, but does not start with this computer.', fix)
  }
  return finding(true, 'The service latchkey runs, and starts with this computer.', null)
}

/** The usual mistake on a server: looking, or making keys, as oneself beside a service with a directory of its own. */
function lookedElsewhere(ofUnit: string, dataDir: string): Finding {
  const fix = `Look at the service with: sudo -u latchkey latchkey doctor --data-dir ${ofUnit}`
  return finding(false, `The service keeps its keys in ${ofUnit}, and this looked at ${dataDir}.`, fix)
}

function containerFindings({ dataIsOnVolume }: ContainerFacts, { dataDir, upstream }: Examined): Finding[] {
  const findings: Finding[] = []
  if (!dataIsOnVolume) {
    const fix = `Mount a volume there: --volume latchkey:${dataDir}`
    findings.push(finding(false, `${dataDir} is inside this container: keys and usage go when it goes.`, fix))
  }
  if (!upstream.reachable && isThisComputer(URL.parse(upstream.url)?.hostname ?? '')) {
    const fix = 'Run it with --network host, or give it Ollama’s address with --upstream.'
    findings.push(finding(false, `In a container ${upstream.url} is the container itself, not this computer.`, fix))
  }
  return findings.length > 0 ? findings : [finding(true, 'This container keeps its data on a volume.', null)]
}

function finding(ok: boolean, sentence: string, fix: string | null): Finding {
  return { check: 'service', ok, sentence, fix }
}
