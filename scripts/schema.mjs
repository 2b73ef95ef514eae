/** `npm run schema`: writes the JSON Schema of configuration files anew, from the flags of the server. */
import { writeFileSync } from 'node:fs'
import { buildIfNeeded, inRoot, installIfNeeded } from './workspace.mjs'

const failed = (await installIfNeeded()) || (await buildIfNeeded())
if (failed === 0) {
  const { configurationSchema } = await import(
    '../packages/server/dist/cli/configuration/configurationSchema.js'
  )
  const path = inRoot('packages', 'server', 'dynatom.config.schema.json')
  writeFileSync(path, configurationSchema())
}
process.exitCode = failed
