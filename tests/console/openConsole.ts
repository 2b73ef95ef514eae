import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Browser, BrowserContextOptions, Page, Response } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { CommandProcess } from '../means/commandProcess.mjs'
import { openChromium } from './chromium.ts'

const artifacts = fileURLToPath(new URL('../../test-artifacts/console/', import.meta.url))

const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 400, height: 800 } }

/** A server, a browser, and a client that sees what the page has done. */
export interface Console {
  readonly endpoint: string
  /** Of the main database; it is not the page's. */
  readonly client: DynamoDBClient
  /** A page at an address such as `#/tables`; no error of its own is left unnoticed. */
  open(hash?: string, options?: OpenOptions): Promise<Page>
}

interface OpenOptions extends BrowserContextOptions {
  /** Whether the test is about what policies refuse, which browsers tell as errors. */
  readonly mayBeRefused?: boolean
}

const policyWords = /Content Security Policy|TrustedScript/

const environment = ['DYNATOM_ACCESS_KEY_ID=ROOT', 'DYNATOM_SECRET_ACCESS_KEY=secret-of-the-root']

/** The console of a server of its own, for the tests of a file. */
export function useConsole(...flags: string[]): Console {
  let server: CommandProcess
  let browser: Browser
  let client: DynamoDBClient
  let endpoint = ''
  const faults: string[] = []
  const requests: string[] = []
  beforeAll(async () => {
    const args = ['--port', '0', '--in-memory', '--log', 'silent', ...flags]
    server = new CommandProcess(args, { wrapper: ['env', ...environment] })
    ;[endpoint, browser] = await Promise.all([server.endpoint(), openChromium()])
    const credentials = { accessKeyId: 'ROOT', secretAccessKey: 'secret-of-the-root' }
    client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  }, 300_000)
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    // No page asks another host, or is refused anything by its policy.
    expect(requests.splice(0).filter((url) => !url.startsWith(`${endpoint}/`))).toEqual([])
    expect(faults.splice(0)).toEqual([])
  })
  afterAll(async () => {
    client.destroy()
    await browser.close()
    await server.kill('SIGKILL')
  })
  return {
    get endpoint() {
      return endpoint
    },
    get client() {
      return client
    },
    async open(hash = '', { mayBeRefused = false, ...options } = {}) {
      const page = await browser.newPage({ viewport: sizes.wide, ...options })
      page.setDefaultTimeout(15_000)
      page.on('pageerror', (error) => faults.push(error.message))
      // What a policy refuses is told of, too, though it is never sent.
      if (!mayBeRefused) page.on('request', (request) => requests.push(request.url()))
      page.on('console', (line) => {
        // The network's own lines tell of refusals that the tests are about.
        const isExpected = mayBeRefused && policyWords.test(line.text())
        if (isExpected || /Failed to load resource/.test(line.text())) return
        if (line.type() === 'error') {
          faults.push(line.text())
        }
      })
      await page.goto(`${endpoint}/${hash}`)
      return page
    },
  }
}

/** The next answer to an operation that a page asks for, by its target or its path. */
export const answerTo = (page: Page, operation: string): Promise<Response> =>
  page.waitForResponse((response) => {
    const target = response.request().headers()['x-amz-target'] ?? ''
    return `${target} ${response.url()}`.includes(operation)
  })

/** Pictures of a page at two sizes, in `test-artifacts/console`. */
export async function takePictures(page: Page, name: string): Promise<void> {
  mkdirSync(artifacts, { recursive: true })
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    await page.screenshot({ path: join(artifacts, `${name}-${size}.png`) })
  }
  await page.setViewportSize(sizes.wide)
}
