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
  /** Members, as `structure.member`, that are held to another shape than the model gives them. */
  readonly memberShapes: ReadonlyMap<string, string>
  /**
   * The constraints, by member as `structure.member`, whose failures are reported in the newer
   * form, without the value.
   */
  readonly newFormConstraints: ReadonlyMap<string, readonly string[]>
  /** Members, as `structure.member`, whose constraints the operation checks itself. */
  readonly lateMembers: ReadonlySet<string>
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

/** A service that keeps to its model. */
export const noOverrides: ModelOverrides = {
  enumOrders: new Map(),
  memberShapes: new Map(),
  newFormConstraints: new Map(),
  lateMembers: new Set(),
  memberOrders: new Map(),
  checkFirst() {},
}
