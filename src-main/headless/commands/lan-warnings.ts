import type { GatewayState } from '#shared/console-api/state.ts'

/** Said where it cannot be overlooked: whoever opens a port to a network should know what that means. */
export function lanWarnings({ lan, lanProblem }: Pick<GatewayState, 'lan' | 'lanProblem'>): string[] {
  const open = `Other computers can reach the gateway at ${lan.join(' and ')}. They need a key for everything, but the network can read what is sent: it is not encrypted.`
  return [...(lan.length > 0 ? [open] : []), ...(lanProblem === null ? [] : [lanProblem.message])]
}
