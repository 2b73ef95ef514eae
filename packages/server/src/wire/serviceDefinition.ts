import type { ShapeReference } from './serviceModel.ts'

/** A service that clients name by a target such as `DynamoDB_20120810.GetItem`. */
export interface ServiceDefinition {
  /** Of the package's folder `model/`. */
  readonly modelFile: string
  /** What the targets of its operations begin with, before the dot; the model says the same. */
  readonly targetPrefix: string
  /** What the names of its Java classes begin with, as error texts show them. */
  readonly javaPackage: string
  readonly overrides: ModelOverrides
}

/** Where the answers of a service differ from what its model says. */
export interface ModelOverrides {
  /**
   * Enumerations in the order in which the service prints them; all others print in the model's
   * order.
   */
  readonly enumOrders: ReadonlyMap<string, readonly string[]>
  /** Members that the service takes although the model does not have them, by structure. */
  readonly addedMembers: ReadonlyMap<string, Readonly<Record<string, ShapeReference>>>
  /** Members that take a name or an ARN; the model knows the shape of the ARN alone. */
  readonly namesOrArns: NamesOrArns | undefined
  /** Names, as `structure.member`, whose length is reported before their pattern. */
  readonly lengthBeforePattern: ReadonlySet<string>
  /**
   * The constraints, by member as `structure.member`, whose failures are reported in the newer
   * form, without the value.
   */
  readonly newFormConstraints: ReadonlyMap<string, readonly string[]>
  /** Members, as `structure.member`, whose constraints the operation checks itself. */
  readonly lateMembers: ReadonlySet<string>
  /** Required members, as `structure.member`, whose absence the operation reports itself. */
  readonly optionalMembers: ReadonlySet<string>
  /**
   * The order in which failures of a structure's members are reported; members that are not listed
   * follow in alphabetical order.
   */
  readonly memberOrders: ReadonlyMap<string, readonly string[]>
  /**
   * Throws for what is checked before all constraints, in words of its own. The request is decoded
   * for `operation`.
   */
  readonly checkFirst: (operation: string, request: Readonly<Record<string, unknown>>) => void
}

/** Members that take a name or an ARN, and maps whose keys do. */
export interface NamesOrArns {
  readonly member: string
  readonly nameShape: string
  readonly arnShape: string
  /** Structures in which an empty text is held to the shape of the ARN. */
  readonly emptyHeldToArn: ReadonlySet<string>
  /** Maps with such keys, by operation, and how their keys are reported. */
  readonly batches: ReadonlyMap<string, BatchOfNames>
}

export interface BatchOfNames {
  /** The member that holds the map, and its name in paths. */
  readonly name: string
  readonly lowerName: string
  /** Before all other constraints, or after them when nothing else is wrong. */
  readonly when: 'first' | 'last'
  readonly shownAs: 'JSON' | 'Java'
}

/** A service that keeps to its model. */
export const noOverrides: ModelOverrides = {
  enumOrders: new Map(),
  addedMembers: new Map(),
  namesOrArns: undefined,
  lengthBeforePattern: new Set(),
  newFormConstraints: new Map(),
  lateMembers: new Set(),
  optionalMembers: new Set(),
  memberOrders: new Map(),
  checkFirst() {},
}
