import type { OperatingSystem } from '../upstreams/take-over.ts'

/** Programs that keep other devices away from a port, by the system on which they run. */
const FIREWALLS = {
  linux: ['ufw', 'firewalld', 'nftables', 'unit'],
  mac: ['mac'],
  windows: ['windows'],
} as const satisfies Record<OperatingSystem, readonly string[]>

export type Firewall = (typeof FIREWALLS)[OperatingSystem][number]

export interface FirewallStep {
  /** Translations refer to it. */
  readonly id: Firewall
  readonly text: string
  /** A command to type or paste, if the step has one. */
  readonly command?: string
}

const TEXTS: Readonly<Record<Firewall, string>> = {
  ufw: 'If this computer uses ufw (Ubuntu, Debian), allow the port:',
  firewalld: 'If it uses firewalld (Fedora, openSUSE), allow the port:',
  nftables: 'If it has rules of its own for nftables, look for one that drops the port:',
  unit: 'If Latchkey runs as a service, allow your network in its unit (IPAddressAllow):',
  mac: 'Open System Settings, Network, Firewall, Options. Allow incoming connections for Latchkey, and do not block all.',
  windows:
    'Open PowerShell as administrator and paste this line. It allows the port in networks that are set to private:',
}

/** How to let other devices through the firewalls of a system. `port` is the gateway's. */
export function firewallSteps(system: OperatingSystem, port: number): readonly FirewallStep[] {
  const commands: Readonly<Partial<Record<Firewall, string>>> = {
    ufw: `sudo ufw allow ${port}/tcp`,
    firewalld: `sudo firewall-cmd --permanent --add-port=${port}/tcp && sudo firewall-cmd --reload`,
    nftables: 'sudo nft list ruleset',
    unit: 'sudo systemctl edit latchkey',
    windows: `New-NetFirewallRule -DisplayName Latchkey -Direction Inbound -Protocol TCP -LocalPort ${port} -Profile Private -Action Allow`,
  }
  return FIREWALLS[system].map((id) => {
    const command = commands[id]
    return { id, text: TEXTS[id], ...(command === undefined ? {} : { command }) }
  })
}
