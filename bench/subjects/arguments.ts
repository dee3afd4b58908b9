const [, , port, upstreamPort, secret, dir, tlsAddress, certFile = '', keyFile = ''] = process.argv

/** The arguments of the bench's scripts (see program.ts). */
export const given = {
  port: Number(port),
  upstreamPort: Number(upstreamPort),
  bearer: `Bearer ${secret}`,
  dir: dir ?? '',
  tls: tlsAddress === undefined ? undefined : { address: tlsAddress, certFile, keyFile },
}

// The bench may end without notice.
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
