import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory } from '../means/dynatomProcess.ts'
import { ServerUnderTest } from './serverUnderTest.ts'

/** A program that says what a server says when it is ready, and then does what `code` does. */
function serverOf(code: string): ServerUnderTest {
  const main = join(temporaryDirectory(), 'main.mjs')
  const ready = 'Dynatom 0.0.0 is ready: http://127.0.0.1:1 (data in memory)\\nin tests'
  writeFileSync(main, `${code}\nconsole.log('${ready}')\nsetInterval(() => {}, 1000)\n`)
  const server = new ServerUnderTest({ main })
  onTestFinished(() => server.stop().catch(() => {}))
  return server
}

async function untilItEnded(server: ServerUnderTest): Promise<unknown> {
  for (;;) {
    const failure = await server.ready().then(
      () => undefined,
      (error: unknown) => error,
    )
    if (failure !== undefined) return failure
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('each process is a life, and only kills are counted as such', async () => {
  const server = serverOf("process.on('SIGTERM', () => process.exit(0))")
  await server.start()
  expect(server).toMatchObject({ endpoint: 'http://127.0.0.1:1', life: 1, kills: 0 })
  const restarted = server.restart('SIGKILL')
  await server.ready()
  await restarted
  expect(server).toMatchObject({ life: 2, kills: 1 })
  await server.restart('SIGTERM')
  expect(server).toMatchObject({ life: 3, kills: 1 })
  await server.stop()
})

test('a server that ends by itself is told to whoever waits for it', async () => {
  const server = serverOf("console.error('out of paper'); setTimeout(() => process.exit(3), 50)")
  await server.start()
  const failure = await untilItEnded(server)
  expect(String(failure)).toMatch(/the server ended with 3: .*out of paper/s)
})

test('a server that does not start', async () => {
  const server = serverOf('')
  const broken = new ServerUnderTest({ main: join(temporaryDirectory(), 'absent.mjs') })
  await expect(broken.start()).rejects.toThrow(/ended with 1/)
  await expect(broken.ready()).rejects.toThrow(/ended with 1/)
  await server.start()
})

test('a server that does not stop in good order', async () => {
  const server = serverOf("process.on('SIGTERM', () => process.exit(7))")
  await server.start()
  await expect(server.restart('SIGTERM')).rejects.toThrow(/stopped with 7/)
})
