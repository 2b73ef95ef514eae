import {
  encryptionKeyWithoutEncryption,
  encryptionTypeUnsupported,
} from '../../errors/tableSettingErrors.ts'
import type { ResourceNames } from '../../schema/resourceNames.ts'

export interface SseSpecificationParameter {
  readonly Enabled?: boolean
  readonly SSEType?: 'AES256' | 'KMS'
  readonly KMSMasterKeyId?: string
}

/** The key that AWS manages for DynamoDB in every account. */
const managedKey = 'alias/aws/dynamodb'

export function checkSseSpecification(specification: SseSpecificationParameter | undefined): void {
  if (specification === undefined) return
  const { Enabled: enabled, SSEType: type, KMSMasterKeyId: key } = specification
  if (type === 'AES256') throw encryptionTypeUnsupported(type)
  if (enabled !== true && (type !== undefined || key !== undefined)) {
    throw encryptionKeyWithoutEncryption()
  }
}

/**
 * The ARN of the key that a table shows; undefined when encryption is left to the service's own
 * key.
 */
export function kmsMasterKeyArn(
  specification: SseSpecificationParameter | undefined,
  names: ResourceNames,
): string | undefined {
  if (specification?.Enabled !== true) return undefined
  return names.kmsKeyArn(specification.KMSMasterKeyId ?? managedKey)
}
