import { expect, test } from 'vitest'
import { hasPassword, maskedAddress } from './engineAddress.ts'

test.each([
  ['postgres://a:secret@b,c/d', 'postgres://a:********@b,c/d'],
  ['postgres://a:se@cr/et:@b/d', 'postgres://a:********@b/d'],
  ['postgres://:x@b/d', 'postgres://:********@b/d'],
  ['postgres://a@b:5433/d', 'postgres://a@b:5433/d'],
  ['postgres://b:5433/d', 'postgres://b:5433/d'],
])('%s is shown as %s', (address, shown) => {
  expect(maskedAddress(address)).toBe(shown)
  expect(hasPassword(address)).toBe(address !== shown)
})
