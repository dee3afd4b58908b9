import type { OperatingSystem } from '#shared/upstreams/take-over.ts'

/** The operating system of this computer. Only this computer can open the console, so Ollama runs on it too. */
export function operatingSystem(): OperatingSystem {
  if (/Mac|iPhone|iPad/.test(navigator.userAgent)) return 'mac'
  return navigator.userAgent.includes('Windows') ? 'windows' : 'linux'
}
