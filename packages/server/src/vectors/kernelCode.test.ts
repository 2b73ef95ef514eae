import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import openWabt from 'wabt'
import { kernelCode } from './kernelCode.ts'

test('the code of the kernel is what its text says', async () => {
  const wabt = await openWabt()
  const text = readFileSync(new URL('kernel.wat', import.meta.url), 'utf8')
  const { buffer } = wabt.parseWat('kernel.wat', text, { simd: true }).toBinary({})
  expect(kernelCode).toBe(Buffer.from(buffer).toString('base64'))
})
