import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { takePictures } from './openConsole.ts'

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/** Axe finds nothing on a page as it is, dark and light, and it fits a screen of 400 pixels. */
export async function expectGoodLooks(page: Page, name: string): Promise<void> {
  await page.evaluate(axe)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const found = await page.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ' +
        '[id, ...nodes.map(({ html, failureSummary }) => html + failureSummary)]))',
    )
    expect(found).toEqual([])
    await takePictures(page, `${name}-${colorScheme}`)
  }
  await page.setViewportSize({ width: 400, height: 800 })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400)
}
