import { chromium, type Browser } from 'playwright-core'
import { chromiumPath } from '../../scripts/chromium.mjs'

/** Debian's Chromium, which `npm run test:console` installs. */
export function openChromium(): Promise<Browser> {
  const executablePath = chromiumPath() ?? 'chromium'
  // Its sandbox wants another user than root.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}
