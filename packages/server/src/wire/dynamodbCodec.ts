import { dynamodbOverrides } from './dynamodbOverrides.ts'
import { ServiceCodec } from './serviceCodec.ts'

/** The DynamoDB API, version 2012-08-10. */
export const dynamodbCodec: ServiceCodec = new ServiceCodec({
  modelFile: 'dynamodb.json',
  targetPrefix: 'DynamoDB_20120810',
  javaPackage: 'com.amazonaws.dynamodb.v20120810',
  overrides: dynamodbOverrides,
})
