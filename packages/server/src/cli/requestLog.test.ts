import { describe, expect, test } from 'vitest'
import { StorageFailure } from '../storage/engine.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { createRequestLogger, type LogFormat, type RequestLogger } from './requestLog.ts'

const put = {
  operation: 'PutItem',
  tableName: 'Orders',
  durationMs: 1.2345,
  statusCode: 200,
  requestId: 'R1',
  consumedUnits: 2,
}
const failed = {
  operation: 'GetItem',
  durationMs: 0.04,
  statusCode: 400,
  requestId: 'R2',
  errorName: 'ValidationException',
}

describe('createRequestLogger', () => {
  const start = (
    format: LogFormat,
  ): { clock: ManualClock; logger: RequestLogger; out: string[] } => {
    const clock = new ManualClock({ deferred: 'manual' })
    const out: string[] = []
    return { clock, out, logger: createRequestLogger(format, clock, (text) => out.push(text)) }
  }

  test('text: one line for each request, written together', () => {
    const { clock, logger, out } = start('text')
    logger.onRequest?.(put)
    logger.onRequest?.(failed)
    logger.onRequest?.({ ...failed, operation: '' })
    expect(out).toEqual([])
    clock.runDeferred()
    expect(out).toEqual([
      '2026-01-02T03:04:05.678Z PutItem Orders 1.2ms 2 units\n' +
        '2026-01-02T03:04:05.678Z GetItem - 0.0ms 400 ValidationException\n' +
        '2026-01-02T03:04:05.678Z - - 0.0ms 400 ValidationException\n',
    ])
    logger.flush()
    expect(out).toHaveLength(1)
  })

  test('what the operator should know is a line in each format', () => {
    const told = (['text', 'json', 'silent'] as const).map((format) => {
      const { logger, out } = start(format)
      logger.onNotice('Searches stay exact.')
      logger.flush()
      return out.join('')
    })
    const time = '2026-01-02T03:04:05.678Z'
    expect(told).toEqual([
      `${time} Searches stay exact.\n`,
      `{"time":"${time}","notice":"Searches stay exact."}\n`,
      `${time} Searches stay exact.\n`,
    ])
  })

  test('a key that has signed is named, by its id', () => {
    const by = { ...put, accessKeyId: 'AKID' }
    const { logger, out } = start('text')
    logger.onRequest?.(by)
    logger.onRequest?.({ ...failed, accessKeyId: 'AK\nID' })
    logger.flush()
    expect(out).toEqual([
      '2026-01-02T03:04:05.678Z PutItem Orders 1.2ms 2 units by AKID\n' +
        '2026-01-02T03:04:05.678Z GetItem - 0.0ms by AK ID 400 ValidationException\n',
    ])
    const json = start('json')
    json.logger.onRequest?.(by)
    json.logger.flush()
    expect(JSON.parse(json.out.join(''))).toMatchObject({
      operation: 'PutItem',
      accessKeyId: 'AKID',
    })
  })

  test('text: what a client sends cannot begin a line of its own', () => {
    const { logger, out } = start('text')
    logger.onRequest?.({ ...put, tableName: 'a\nforged\r\nline' })
    logger.flush()
    expect(out).toEqual(['2026-01-02T03:04:05.678Z PutItem a forged  line 1.2ms 2 units\n'])
  })

  test.each(['text', 'json'] as const)('%s: what a client sends is bounded and plain', (format) => {
    const { logger, out } = start(format)
    const operation = `Other\u001b[31m\t\u009b${'x'.repeat(10_000)}`
    logger.onRequest?.({ ...failed, operation, tableName: `\u2028${'t'.repeat(100_000)}` })
    logger.flush()
    const line = out.join('').trimEnd()
    expect(line).toContain(`Other [31m  ${'x'.repeat(188)}...`)
    expect(line).toContain(` ${'t'.repeat(1999)}...`)
    expect(line.length).toBeLessThan(2500)
    expect(line).not.toMatch(/[\p{Cc}\p{Zl}]/u)
  })

  test('json: one object for each request', () => {
    const { logger, out } = start('json')
    logger.onRequest?.(put)
    logger.onRequest?.(failed)
    logger.flush()
    const time = '2026-01-02T03:04:05.678Z'
    expect(
      out
        .join('')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        time,
        operation: 'PutItem',
        table: 'Orders',
        milliseconds: 1.235,
        units: 2,
        status: 200,
        requestId: 'R1',
      },
      {
        time,
        operation: 'GetItem',
        milliseconds: 0.04,
        status: 400,
        error: 'ValidationException',
        requestId: 'R2',
      },
    ])
  })

  test('silent: requests are not even measured, faults are still told', () => {
    const { logger, out } = start('silent')
    expect(logger.onRequest).toBeUndefined()
    const fault = new Error('a bug')
    delete fault.stack
    logger.onInternalError('R3', fault)
    logger.flush()
    expect(out).toEqual(['2026-01-02T03:04:05.678Z internal error in request R3: a bug\n'])
  })

  test('what the store refuses is told in one line, without a stack', () => {
    for (const format of ['text', 'silent'] as const) {
      const { logger, out } = start(format)
      logger.onInternalError('R4', new StorageFailure('no space is left on the disk'))
      logger.flush()
      expect(out).toEqual([
        '2026-01-02T03:04:05.678Z internal error in request R4: no space is left on the disk\n',
      ])
    }
  })

  test('a certificate that is taken or refused is told in every format', () => {
    for (const format of ['text', 'silent'] as const) {
      const { logger, out } = start(format)
      logger.onTlsEvent({ kind: 'loaded', certFile: 'cert.pem' })
      logger.onTlsEvent({ kind: 'refused', message: 'There is no key file key.pem.' })
      logger.flush()
      expect(out).toEqual([
        '2026-01-02T03:04:05.678Z certificate loaded: from cert.pem\n' +
          '2026-01-02T03:04:05.678Z certificate refused: There is no key file key.pem.\n',
      ])
    }
    const { logger, out } = start('json')
    logger.onTlsEvent({ kind: 'loaded', certFile: 'cert.pem' })
    logger.flush()
    expect(JSON.parse(out.join(''))).toEqual({
      time: '2026-01-02T03:04:05.678Z',
      certificate: 'loaded',
      message: 'from cert.pem',
    })
  })

  test('work in the background that fails is told in every format', () => {
    const job = 'moving the journal into the store'
    const event = { kind: 'failed', job, error: 'full', attempt: 1, nextTryMs: 1000 } as const
    const text = `background work failed: ${job}: full (attempt 1, the next in 1 s)`
    for (const format of ['text', 'silent'] as const) {
      const { logger, out } = start(format)
      logger.onBackgroundWork(event)
      logger.flush()
      expect(out).toEqual([`2026-01-02T03:04:05.678Z ${text}\n`])
    }
    const { logger, out } = start('json')
    logger.onBackgroundWork(event)
    logger.flush()
    const { kind, ...rest } = event
    const time = '2026-01-02T03:04:05.678Z'
    expect(JSON.parse(out.join(''))).toEqual({ time, backgroundWork: kind, ...rest })
  })
})
