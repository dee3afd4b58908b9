import type { UpstreamState } from '#shared/console-api/state.ts'
import { isThisComputer } from '../../base/loopback.ts'
import type { Finding } from './finding.ts'

/** The state of `latchkey.service` in systemd's words. */
export interface UnitFacts {
  /** `active`, `inactive`, `failed`, `activating` ... */
  readonly activeState: string
  /** The reason of a failure: `exit-code`, `oom-kill`, `timeout` ... */
  readonly result: string
  /** `enabled`, `disabled` ... */
  readonly unitFileState: string
  /** The data directory of the unit, or null. */
  readonly dataDir: string | null
}

export interface ContainerFacts {
  /** True if the data survives a replacement of the container. */
  readonly dataIsOnVolume: boolean
}

/** How Latchkey runs on a server; each part is null if it does not apply. */
export interface ServiceFacts {
  readonly unit: UnitFacts | null
  readonly container: ContainerFacts | null
}

export interface Examined {
  readonly dataDir: string
  readonly upstream: Pick<UpstreamState, 'url' | 'reachable'>
}

/** Findings about the service or the container, if Latchkey runs as one. */
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
    const fix = 'See the log: journalctl -u latchkey -n 50'
    return finding(false, `The service latchkey has failed (${result}).`, fix)
  }
  if (activeState !== 'active') {
    const fix = 'Start it with: sudo systemctl enable --now latchkey'
    return finding(false, `The service latchkey is installed but not running (${activeState}).`, fix)
  }
  if (unitFileState !== 'enabled') {
    const fix = 'To change this, run: sudo systemctl enable latchkey'
    return finding(false, 'The service latchkey is running, but does not start with this computer.', fix)
  }
  return finding(true, 'The service latchkey is running and starts with this computer.', null)
}

/** A common mistake on a server: running a command as oneself while the service uses its own data directory. */
function lookedElsewhere(ofUnit: string, dataDir: string): Finding {
  const fix = `Check the service with: sudo -u latchkey latchkey doctor --data-dir ${ofUnit}`
  return finding(false, `The service keeps its keys in ${ofUnit}, but this command checked ${dataDir}.`, fix)
}

function containerFindings({ dataIsOnVolume }: ContainerFacts, { dataDir, upstream }: Examined): Finding[] {
  const findings: Finding[] = []
  if (!dataIsOnVolume) {
    const fix = `Mount a volume there: --volume latchkey:${dataDir}`
    findings.push(
      finding(
        false,
        `${dataDir} is inside this container. Keys and usage are lost when the container is removed.`,
        fix,
      ),
    )
  }
  if (!upstream.reachable && isThisComputer(URL.parse(upstream.url)?.hostname ?? '')) {
    const fix = 'Run it with --network host, or set Ollama’s address with --upstream.'
    findings.push(
      finding(false, `Inside a container, ${upstream.url} is the container itself, not this computer.`, fix),
    )
  }
  return findings.length > 0 ? findings : [finding(true, 'This container keeps its data on a volume.', null)]
}

function finding(ok: boolean, sentence: string, fix: string | null): Finding {
  return { check: 'service', ok, sentence, fix }
}
