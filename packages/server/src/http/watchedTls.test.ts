import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { maxTlsFileBytes } from '../limits.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { testCertificate } from '../testing/testCertificate.ts'
import { TlsFault, type TlsPair } from './tlsPair.ts'
import { WatchedTls, type TlsEvent } from './watchedTls.ts'

const directory = mkdtempSync(join(tmpdir(), 'dynatom-tls-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const certFile = join(directory, 'cert.pem')
const keyFile = join(directory, 'key.pem')
const first = testCertificate()
const second = testCertificate()

function write({ cert, key }: TlsPair): void {
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key)
}

async function opened(): Promise<{ tls: WatchedTls; events: TlsEvent[]; renewed: TlsPair[] }> {
  write(first)
  const events: TlsEvent[] = []
  const renewed: TlsPair[] = []
  const clock = new ManualClock()
  const onEvent = (event: TlsEvent): unknown => events.push(event)
  const tls = await WatchedTls.open({ certFile, keyFile, clock, onEvent })
  onTestFinished(() => tls.close())
  tls.onRenewal((pair) => renewed.push(pair))
  return { tls, events, renewed }
}

describe('at the start', () => {
  const refused = async (cert: string, key: string): Promise<string> => {
    write({ cert, key })
    const options = { certFile, keyFile, clock: new ManualClock() }
    const error: unknown = await WatchedTls.open(options).catch((each: unknown) => each)
    if (error instanceof TlsFault) return error.message.replaceAll(`${directory}/`, '')
    throw new Error('not refused')
  }

  test('a pair that does not go together is refused, and what is no certificate or key', async () => {
    expect(await refused(first.cert, second.key)).toBe(
      'The key in key.pem does not belong to the certificate in cert.pem.',
    )
    expect(await refused('nothing', first.key)).toBe('cert.pem has no certificate in PEM.')
    expect(await refused(first.cert, 'nothing')).toBe('key.pem has no private key in PEM.')
    expect(await refused(first.key, first.cert)).toBe('cert.pem has no certificate in PEM.')
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' },
    })
    expect(await refused(first.cert, privateKey)).toBe(
      'The key in key.pem has a passphrase; the server takes one without.',
    )
    expect(await refused(' '.repeat(maxTlsFileBytes + 1), first.key)).toBe(
      'The certificate file cert.pem has more than 1048576 bytes.',
    )
  })

  test('files that are not there or cannot be read are named', async () => {
    write(first)
    const clock = new ManualClock()
    const open = (cert: string, key: string): Promise<WatchedTls> =>
      WatchedTls.open({ certFile: cert, keyFile: key, clock })
    await expect(open(join(directory, 'no'), keyFile)).rejects.toThrow(
      new TlsFault(`There is no certificate file ${join(directory, 'no')}.`),
    )
    await expect(open(certFile, join(directory, 'no'))).rejects.toThrow(
      new TlsFault(`There is no key file ${join(directory, 'no')}.`),
    )
    await expect(open(certFile, directory)).rejects.toThrow(
      new TlsFault(`The key file ${directory} cannot be read (EISDIR).`),
    )
  })
})

describe('while it is watched', () => {
  test('a new pair comes in force', async () => {
    const { tls, events, renewed } = await opened()
    await tls.refresh()
    expect([tls.pair, events, renewed]).toEqual([first, [], []])
    write(second)
    await tls.refresh()
    await tls.refresh()
    expect([tls.pair, events, renewed]).toEqual([second, [{ kind: 'loaded', certFile }], [second]])
  })

  test('a pair that is broken is told once, when it is met again, and changes nothing', async () => {
    const { tls, events, renewed } = await opened()
    write({ cert: second.cert, key: first.key })
    await tls.refresh()
    expect(events).toEqual([])
    for (let i = 0; i < 3; i++) await tls.refresh()
    const message = `The key in ${keyFile} does not belong to the certificate in ${certFile}.`
    expect(events).toEqual([{ kind: 'refused', message }])
    expect([tls.pair, renewed]).toEqual([first, []])
    unlinkSync(keyFile)
    for (let i = 0; i < 3; i++) await tls.refresh()
    expect(events.slice(1)).toEqual([
      { kind: 'refused', message: `There is no key file ${keyFile}.` },
    ])
    write(second)
    await tls.refresh()
    expect(events.slice(2)).toEqual([{ kind: 'loaded', certFile }])
    expect(tls.pair).toEqual(second)
  })

  test('files that are replaced one after the other tell nothing but the new pair', async () => {
    const { tls, events } = await opened()
    writeFileSync(certFile, second.cert)
    await tls.refresh()
    writeFileSync(keyFile, second.key)
    await tls.refresh()
    expect(events).toEqual([{ kind: 'loaded', certFile }])
  })

  test('nothing happens once it is closed', async () => {
    const { tls, events } = await opened()
    tls.close()
    write(second)
    await tls.refresh()
    expect([tls.pair, events]).toEqual([first, []])
  })
})
