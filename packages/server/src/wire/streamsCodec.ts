import { maxRecordsPerPage, maxStreamsPerPage } from '../limits.ts'
import { ServiceCodec } from './serviceCodec.ts'
import { noOverrides } from './serviceDefinition.ts'
import type { AddedMembers, OtherShapes } from './serviceModel.ts'

/** What the service holds requests to although the model does not say so (measured). */
const otherShapes: OtherShapes = new Map([
  ['StreamPageLimit', { type: 'integer', min: 1, max: maxStreamsPerPage }],
  ['RecordPageLimit', { type: 'integer', min: 1, max: maxRecordsPerPage }],
  [
    'ShardFilter',
    {
      type: 'structure',
      required: ['Type', 'ShardId'],
      members: { Type: { shape: 'ShardFilterType' }, ShardId: { shape: 'ShardId' } },
    },
  ],
])

const addedMembers: AddedMembers = new Map([
  ['ListStreamsInput', { Limit: { shape: 'StreamPageLimit' } }],
  ['DescribeStreamInput', { Limit: { shape: 'StreamPageLimit' } }],
  ['GetRecordsInput', { Limit: { shape: 'RecordPageLimit' } }],
])

/** The API of DynamoDB Streams, version 2012-08-10. */
export const streamsCodec: ServiceCodec = new ServiceCodec({
  modelFile: 'dynamodbstreams.json',
  targetPrefix: 'DynamoDBStreams_20120810',
  javaPackage: 'com.amazonaws.dynamodb.v20120810',
  overrides: { ...noOverrides, addedMembers, otherShapes },
})
