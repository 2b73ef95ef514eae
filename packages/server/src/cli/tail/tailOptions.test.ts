import { expect, test } from 'vitest'
import { targetOf } from './tailOptions.ts'

test('what is not given comes from the environment, and else stands', () => {
  const usual = {
    endpoint: new URL('http://127.0.0.1:8000'),
    region: 'us-east-1',
    accessKeyId: 'local',
    secretAccessKey: 'local',
  }
  expect(targetOf({}, {})).toEqual(usual)
  expect(targetOf({}, { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-1' })).toEqual({
    ...usual,
    region: 'eu-west-1',
  })
  const environment = {
    AWS_ENDPOINT_URL_DYNAMODB: 'https://db.example',
    AWS_REGION: 'eu-west-2',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
  }
  const found = {
    endpoint: new URL('https://db.example'),
    region: 'eu-west-2',
    accessKeyId: 'AKID',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  }
  expect(targetOf({}, environment)).toEqual(found)
  const given = { endpoint: new URL('http://db:1'), region: 'local' }
  expect(targetOf(given, environment)).toEqual({ ...found, ...given })
})
