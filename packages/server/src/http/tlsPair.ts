import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { maxTlsFileBytes } from '../limits.ts'

/** Where a certificate and its key are, both in PEM. */
export interface TlsFiles {
  /** The certificate of the server, behind it those that lead to one that clients trust. */
  readonly certFile: string
  /** Its private key, without a passphrase. */
  readonly keyFile: string
}

/** What TLS is spoken with, both in PEM. */
export interface TlsPair {
  readonly cert: string
  readonly key: string
}

/** A certificate or a key that cannot be used. `message` is one clear sentence. */
export class TlsFault extends Error {
  override readonly name = 'TlsFault'
}

/** The texts of both files. Rejects with TlsFault. */
export async function readTlsPair({ certFile, keyFile }: TlsFiles): Promise<TlsPair> {
  const cert = await readText(certFile, 'certificate')
  const key = await readText(keyFile, 'key')
  return { cert, key }
}

async function readText(fileName: string, what: string): Promise<string> {
  try {
    const { size } = await stat(fileName)
    if (size <= maxTlsFileBytes) return await readFile(fileName, 'utf8')
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new TlsFault(`There is no ${what} file ${fileName}.`)
    throw new TlsFault(`The ${what} file ${fileName} cannot be read (${code}).`)
  }
  throw new TlsFault(`The ${what} file ${fileName} has more than ${maxTlsFileBytes} bytes.`)
}

/** Throws TlsFault for a pair with which no connection would come about. */
export function checkTlsPair({ cert, key }: TlsPair, { certFile, keyFile }: TlsFiles): void {
  const certificate = attempt(() => new X509Certificate(cert))
  if (certificate === undefined) throw new TlsFault(`${certFile} has no certificate in PEM.`)
  if (!certificate.checkPrivateKey(privateKey(key, keyFile))) {
    throw new TlsFault(`The key in ${keyFile} does not belong to the certificate in ${certFile}.`)
  }
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    const { message } = error as Error
    throw new TlsFault(`The certificate in ${certFile} cannot be used: ${message}.`)
  }
}

function privateKey(key: string, keyFile: string): KeyObject {
  const made = attempt(() => createPrivateKey(key))
  if (made !== undefined) return made
  throw new TlsFault(
    key.includes('ENCRYPTED')
      ? `The key in ${keyFile} has a passphrase; the server takes one without.`
      : `${keyFile} has no private key in PEM.`,
  )
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
