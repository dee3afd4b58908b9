import type { OperatingSystem } from '#shared/upstreams/take-over.ts'

/** What the person sits at. The console is open to this computer alone, so it is also what Ollama runs on. */
export function operatingSystem(): OperatingSystem {
  if (/Mac|iPhone|iPad/.test(navigator.userAgent)) return 'mac'
  return navigator.userAgent.includes('Windows') ? 'windows' : 'linux'
}
