import type { GatewayState } from '#shared/console-api/state.ts'

/** Warnings for a gateway that other computers can reach. Every command that opens it prints them. */
export function lanWarnings({ lan, lanProblem }: Pick<GatewayState, 'lan' | 'lanProblem'>): string[] {
  const open = `Other computers can reach the gateway at ${lan.join(' and ')}. They need a key for every request. The connection is not encrypted, so others on the network can read it.`
  return [...(lan.length > 0 ? [open] : []), ...(lanProblem === null ? [] : [lanProblem.message])]
}
