const [, , port, upstreamPort, secret, dir] = process.argv

/** What the bench tells one of its scripts (see program.ts). */
export const given = {
  port: Number(port),
  upstreamPort: Number(upstreamPort),
  bearer: `Bearer ${secret}`,
  dir: dir ?? '',
}

// The bench may end without a word.
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
