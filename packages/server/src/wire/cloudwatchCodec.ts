import { ServiceCodec } from './serviceCodec.ts'
import { noOverrides } from './serviceDefinition.ts'

/** The API of CloudWatch, version 2010-08-01. */
export const cloudwatchCodec: ServiceCodec = new ServiceCodec({
  modelFile: 'cloudwatch.json',
  targetPrefix: 'GraniteServiceVersion20100801',
  javaPackage: 'com.amazonaws.cloudwatch.v2010_08_01.model',
  overrides: noOverrides,
})
