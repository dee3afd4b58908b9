import { type Firewall, firewallSteps } from '#shared/lan/firewall.ts'
import type { OperatingSystem } from '#shared/upstreams/take-over.ts'
import type { Finding } from '../finding.ts'

export interface FirewallFacts {
  readonly system: OperatingSystem
  /** Those that are active, as far as that is known without root. */
  readonly active: readonly Firewall[]
}

/** For a gateway that no other device has reached since it started. */
export function firewallFindings({ system, active }: FirewallFacts, port: number): Finding[] {
  const sentence = 'No other device has connected since Latchkey started.'
  const steps = firewallSteps(system, port).filter(({ id }) => active.length === 0 || active.includes(id))
  const fix = steps.map(({ text, command }) => (command === undefined ? text : `${text} ${command}`)).join('\n      ')
  // Without a known firewall there may be nothing wrong: perhaps no device has tried.
  return [{ check: 'firewall', ok: active.length === 0, sentence, fix }]
}
