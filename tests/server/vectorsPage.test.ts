import { readFileSync } from 'node:fs'
import * as sdk from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { createDatabase } from 'dynatom'

/** The blocks of a page, those of one language or, for '', those without. */
function blocksOf(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, marked]) => marked === language)
    .map(([, , text]) => text as string)
}

const Program = Object.getPrototypeOf(async () => undefined).constructor as new (
  ...parts: string[]
) => (...given: unknown[]) => Promise<void>

test('the example of docs/vectors.md prints what the page says', async () => {
  const page = readFileSync(new URL('../../docs/vectors.md', import.meta.url), 'utf8')
  const [example = ''] = blocksOf(page, 'js')
  const [printed] = blocksOf(page, '')
  const body = example
    .replace("import { createDatabase } from 'dynatom'", '')
    .replace(/import (\{[^}]*\}) from '@aws-sdk\/client-dynamodb'/, 'const $1 = sdk')
  expect(body).not.toContain('import')
  const lines: string[] = []
  const console = { log: (...words: unknown[]) => void lines.push(`${words.join(' ')}\n`) }
  await new Program('createDatabase', 'sdk', 'console', body)(createDatabase, sdk, console)
  expect(lines.join('')).toBe(printed)
})
