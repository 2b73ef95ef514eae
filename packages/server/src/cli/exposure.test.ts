import { expect, test } from 'vitest'
import { exposureWarning } from './exposure.ts'
import { defaultSettings, type ServerSettings } from './settings.ts'

const warningOf = (changes: Partial<ServerSettings>): string | undefined =>
  exposureWarning({ ...defaultSettings, ...changes })

test.each([['127.0.0.1'], ['127.1.2.3'], ['::1'], ['localhost']])('%s is loopback', (host) => {
  expect(warningOf({ hosts: [host] })).toBeUndefined()
})

test.each([['0.0.0.0'], ['::'], ['10.0.0.1'], ['127.example.com']])('%s is not', (host) => {
  expect(warningOf({ hosts: ['127.0.0.1', host] })).toBe(
    `Warning: whoever reaches ${host} may read and change everything; ` +
      '--auth required lets in verified signatures alone.',
  )
  const tls = { tlsCertFile: 'c', tlsKeyFile: 'k' }
  expect(warningOf({ hosts: [host], ...tls })).toContain('--auth required')
  expect(warningOf({ hosts: [host], auth: 'required' })).toBe(
    `Warning: requests and answers can be read on their way to ${host}; ` +
      '--tls-cert and --tls-key encrypt them.',
  )
  expect(warningOf({ hosts: [host], auth: 'required', ...tls })).toBeUndefined()
})
