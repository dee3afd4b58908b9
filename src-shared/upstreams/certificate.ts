import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g
const LINE = /.{1,64}/g
// In characters; more than a company's own authorities need.
const MOST_LETTERS = 200_000
const DER_SEQUENCE = 0x30

/** One or more PEM certificates (RFC 7468). Other text around them is dropped; a private key is refused. */
export const certificateSchema = z
  .string()
  .max(MOST_LETTERS)
  .refine((text) => !text.includes('PRIVATE KEY-----'), INPUT_SENTENCES.certificate_is_key)
  .transform((text) => (text.match(BLOCK) ?? []).join('\n'))
  .refine((pem) => pem !== '', INPUT_SENTENCES.certificate_wrong)

/** Splits a text into its certificates. */
export function certificatesIn(pem: string): string[] {
  return pem.match(BLOCK) ?? []
}

/** True if the file's first byte shows the binary form (DER), which Windows exports. */
export function isBinary(firstByte: number | undefined): boolean {
  return firstByte === DER_SEQUENCE
}

/** The PEM text of a DER certificate in base64. */
export function textOfBinary(base64: string): string {
  return ['-----BEGIN CERTIFICATE-----', ...(base64.match(LINE) ?? []), '-----END CERTIFICATE-----'].join('\n')
}
