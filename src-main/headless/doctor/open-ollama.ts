import { isOfUse, type UpstreamState } from '#shared/console-api/state.ts'
import type { Finding } from './finding.ts'

const TIMEOUT_MS = 3_000
/** A site that no OLLAMA_ORIGINS can name (RFC 2606 reserves `.invalid`). */
const A_SITE = 'https://latchkey.invalid'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Finds ways around the gateway: any site or any computer on the network can reach Ollama without a key. A service or
 * Ollama's tray app does not have this shell's variables, so a request to Ollama checks as well.
 */
export async function openOllamaFindings(env: Environment, upstream: UpstreamState): Promise<Finding[]> {
  const findings: Finding[] = []
  if (await letsSitesIn(upstream)) findings.push(sitesGoPast(`Every web page can use Ollama at ${upstream.url}`))
  else if (env['OLLAMA_ORIGINS']?.includes('*') === true)
    findings.push(sitesGoPast('OLLAMA_ORIGINS allows sites to use Ollama'))
  if (env['OLLAMA_HOST']?.includes('0.0.0.0') === true) {
    const sentence = 'OLLAMA_HOST allows other computers to bypass Latchkey and use Ollama directly.'
    const fix = 'Set OLLAMA_HOST to 127.0.0.1 where you start Ollama, and restart it.'
    findings.push({ check: 'ollama_host', ok: false, sentence, fix })
  }
  return findings
}

function sitesGoPast(sentence: string): Finding {
  const fix = 'Remove OLLAMA_ORIGINS where you start Ollama, and restart it.'
  return { check: 'ollama_origins', ok: false, sentence: `${sentence} without a key, bypassing Latchkey.`, fix }
}

/** Ollama answers 403 to sites outside OLLAMA_ORIGINS. */
async function letsSitesIn(upstream: UpstreamState): Promise<boolean> {
  const { url, sample } = upstream
  if (!isOfUse(upstream) || sample) return false
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const answer = await fetch(`${url}/api/version`, { headers: { Origin: A_SITE }, signal, redirect: 'manual' })
    await answer.body?.cancel()
    return answer.ok
  } catch {
    return false
  }
}
