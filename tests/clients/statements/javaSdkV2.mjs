import { attributeValue } from '../attributeValue.mjs'
import { javaArguments } from '../clientProgram.mjs'
import { AskedProgram } from './askedProgram.mjs'

const machineOptions = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

/** The AWS SDK for Java v2. */
export const javaSdkV2 = {
  name: 'javaSdkV2',
  plainError: 'DynamoDbException',
  encode: attributeValue,
  heard: (failure) => failure,
  async open(endpoint) {
    const args = await javaArguments('javaV2', 'dynatom.clients.Statements')
    return new AskedProgram(endpoint, 'java', [...machineOptions, ...args])
  },
}
