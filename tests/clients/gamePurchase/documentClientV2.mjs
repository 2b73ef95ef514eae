import { plainValue } from '../attributeValue.mjs'
import { documentClientOf, openSdkV2 } from './sdkV2.mjs'

/** The game's client: DocumentClient of the AWS SDK for JavaScript v2. */
export const documentClientV2 = {
  name: 'documentClientV2',
  encode: plainValue,
  open(endpoint) {
    const { dynamoDb, ...client } = openSdkV2(endpoint)
    const documentClient = documentClientOf(dynamoDb)
    return {
      ...client,
      put: (params) => documentClient.put(params).promise(),
      get: (params) => documentClient.get(params).promise(),
      update: (params) => documentClient.update(params).promise(),
      transactWrite: (params) => documentClient.transactWrite(params).promise(),
      transactGet: (params) => documentClient.transactGet(params).promise(),
    }
  },
}
