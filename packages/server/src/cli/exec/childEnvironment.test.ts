import { expect, test } from 'vitest'
import { childEnvironment, environmentWarning } from './childEnvironment.ts'

const server = { endpoint: 'http://127.0.0.1:4567', region: 'eu-west-1' }

test('names the server for the three services that it has, and no other', () => {
  expect(childEnvironment({}, server)).toEqual({
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:4567',
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: 'http://127.0.0.1:4567',
    AWS_ENDPOINT_URL_CLOUDWATCH: 'http://127.0.0.1:4567',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
})

test('takes the place of what was said of them, and leaves everything else', () => {
  const inherited = {
    PATH: '/bin',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000',
    AWS_ENDPOINT_URL_DYNAMODB: 'https://dynamodb.example.com',
    AWS_REGION: 'us-west-2',
    AWS_PROFILE: 'production',
    AWS_SESSION_TOKEN: 'secret',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_CONFIG_FILE: '/etc/aws',
    ABSENT: undefined,
  }
  expect(childEnvironment(inherited, server)).toEqual({
    PATH: '/bin',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000',
    AWS_CONFIG_FILE: '/etc/aws',
    ...childEnvironment({}, server),
  })
})

test('warns where the SDKs would not look for it', () => {
  expect(environmentWarning({})).toBeUndefined()
  expect(environmentWarning({ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' })).toBeUndefined()
  expect(environmentWarning({ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'True' })).toBe(
    'dynatom exec: AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is set, so the SDKs will not find this database.',
  )
})
