import { generateKeyPairSync, sign } from 'node:crypto'
import type { TlsPair } from '../http/tlsPair.ts'

type Part = Uint8Array

/** One value of DER: tag, length, content. */
function der(tag: number, ...parts: readonly Part[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Part[]): Buffer => der(0x30, ...parts)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const integer = (hex: string): Buffer => der(0x02, Buffer.from(hex, 'hex'))
const utcTime = (text: string): Buffer => der(0x17, Buffer.from(text, 'latin1'))
const nameOf = (text: string): Buffer =>
  sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(text, 'utf8')))))
/** An extension of X.509 (RFC 5280, 4.2). */
const extension = (id: string, isCritical: boolean, value: Part): Buffer =>
  sequence(oid(id), ...(isCritical ? [der(0x01, Buffer.from([255]))] : []), der(0x04, value))

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
/** localhost, 127.0.0.1 and ::1 (RFC 5280, 4.2.1.6). */
const loopbackNames = sequence(
  der(0x82, Buffer.from('localhost', 'latin1')),
  der(0x87, Buffer.from([127, 0, 0, 1])),
  der(0x87, Buffer.from([...Array.from({ length: 15 }, () => 0), 1])),
)

function pemOf(what: string, bytes: Buffer): string {
  const text = bytes.toString('base64').replaceAll(/(.{64})/g, '$1\n')
  return `-----BEGIN ${what}-----\n${text}\n-----END ${what}-----\n`
}

/**
 * A new key and a certificate of its own for this machine's loopback, until 2049 (RFC 5280, 4.1).
 * Clients that are given the certificate as that of an authority trust it.
 */
export function testCertificate(commonName = 'Dynatom test'): TlsPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const extensions = sequence(
    extension('551d13', true, sequence(der(0x01, Buffer.from([255])))),
    extension('551d11', false, loopbackNames),
  )
  const toBeSigned = sequence(
    der(0xa0, integer('02')),
    integer('01'),
    ecdsaWithSha256,
    nameOf(commonName),
    sequence(utcTime('200101000000Z'), utcTime('491231235959Z')),
    nameOf(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  )
  const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, privateKey))
  return {
    cert: pemOf('CERTIFICATE', sequence(toBeSigned, ecdsaWithSha256, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}
