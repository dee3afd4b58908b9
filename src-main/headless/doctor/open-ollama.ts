import { isOfUse, type UpstreamState } from '#shared/console-api/state.ts'
import type { Finding } from './finding.ts'

const PATIENCE_MS = 3_000
/** A site that no Ollama lets in by name (RFC 2606: nobody can have it). */
const A_SITE = 'https://latchkey.invalid'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Ways around the gateway: any site, or any computer on the network, reaches Ollama without a key. The variables are those of
 * this shell, and a service or the tray app of Ollama has others, so Ollama itself is asked as well.
 */
export async function openOllamaFindings(env: Environment, upstream: UpstreamState): Promise<Finding[]> {
  const findings: Finding[] = []
  if (await letsSitesIn(upstream)) findings.push(sitesGoPast(`Every web page may use Ollama at ${upstream.url}`))
  else if (env['OLLAMA_ORIGINS']?.includes('*') === true)
    findings.push(sitesGoPast('OLLAMA_ORIGINS lets sites use Ollama'))
  if (env['OLLAMA_HOST']?.includes('0.0.0.0') === true) {
    const sentence = 'OLLAMA_HOST lets other computers reach Ollama past Latchkey.'
    const fix = 'Set OLLAMA_HOST to 127.0.0.1 where Ollama is started, and restart it.'
    findings.push({ check: 'ollama_host', ok: false, sentence, fix })
  }
  return findings
}

function sitesGoPast(sentence: string): Finding {
  const fix = 'Remove OLLAMA_ORIGINS where Ollama is started, and restart it.'
  return { check: 'ollama_origins', ok: false, sentence: `${sentence}, without a key and past Latchkey.`, fix }
}

/** Ollama answers 403 to a site that its OLLAMA_ORIGINS does not name. */
async function letsSitesIn(upstream: UpstreamState): Promise<boolean> {
  const { url, sample } = upstream
  if (!isOfUse(upstream) || sample) return false
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const answer = await fetch(`${url}/api/version`, { headers: { Origin: A_SITE }, signal, redirect: 'manual' })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}
