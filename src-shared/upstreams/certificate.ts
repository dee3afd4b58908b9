import { z } from 'zod'
import { INPUT_SENTENCES } from '../text/input-sentence.ts'

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g
const LINE = /.{1,64}/g
// As many as a company has authorities, and more.
const MOST_LETTERS = 200_000
const DER_SEQUENCE = 0x30

/** One or more certificates as text (PEM, RFC 7468). What stands around them is left out; a private key is refused. */
export const certificateSchema = z
  .string()
  .max(MOST_LETTERS)
  .refine((text) => !text.includes('PRIVATE KEY-----'), INPUT_SENTENCES.certificate_is_key)
  .transform((text) => (text.match(BLOCK) ?? []).join('\n'))
  .refine((pem) => pem !== '', INPUT_SENTENCES.certificate_wrong)

/** Each certificate of a text by itself. */
export function certificatesIn(pem: string): string[] {
  return pem.match(BLOCK) ?? []
}

/** Whether a certificate's file is in the binary form that Windows exports (DER). */
export function isBinary(firstByte: number | undefined): boolean {
  return firstByte === DER_SEQUENCE
}

/** The text of a certificate in the binary form, given in base64. */
export function textOfBinary(base64: string): string {
  return ['-----BEGIN CERTIFICATE-----', ...(base64.match(LINE) ?? []), '-----END CERTIFICATE-----'].join('\n')
}
