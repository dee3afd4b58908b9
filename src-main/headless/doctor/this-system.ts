import type { OperatingSystem } from '#shared/upstreams/take-over.ts'

/** The system on which this command runs. */
export function thisSystem(): OperatingSystem {
  if (process.platform === 'darwin') return 'mac'
  return process.platform === 'win32' ? 'windows' : 'linux'
}
