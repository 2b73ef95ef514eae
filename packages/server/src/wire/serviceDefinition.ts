import type { StrictMembers } from './strictRequest.ts'
import type { ConstraintCheck, ConstraintFailure, ConstraintReport } from './constraintReport.ts'
import type { AddedMembers, OtherShapes, ServiceModel } from './serviceModel.ts'

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
  readonly addedMembers: AddedMembers
  readonly otherShapes: OtherShapes
  /** The members of requests whose JSON is read strictly, by operation. */
  readonly strictMembers: StrictMembers
  /** Members, as `structure.member`, whose length is reported before their pattern. */
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
  /**
   * The text of the failure that the service's newer validation layer tells alone; undefined where
   * it tells all as the older does.
   */
  readonly toldAlone: (
    operation: string,
    failures: readonly ConstraintFailure[],
  ) => string | undefined
  /** Rules for names that the model is silent about. */
  readonly nameRules?: (model: ServiceModel) => NameRules
}

/** How a service holds the names of its resources to more than its model does. */
export interface NameRules {
  /** The check of a member; undefined where the model's is meant. */
  checkOf(structureName: string, member: string, shapeName: string): ConstraintCheck | undefined
  /** Whether the model's constraints are not meant for keys of this shape. */
  exceptsKeys(shapeName: string): boolean
  /** Reports what comes before all constraints of the model. */
  reportFirst(operation: string, request: object, report: ConstraintReport): void
  /** Reports what is looked at only when all constraints of the model are kept. */
  reportLast(operation: string, request: object, report: ConstraintReport): void
}

/** A service that keeps to its model. */
export const noOverrides: ModelOverrides = {
  enumOrders: new Map(),
  addedMembers: new Map(),
  otherShapes: new Map(),
  strictMembers: new Map(),
  lengthBeforePattern: new Set(),
  newFormConstraints: new Map(),
  lateMembers: new Set(),
  optionalMembers: new Set(),
  memberOrders: new Map(),
  checkFirst() {},
  toldAlone: () => undefined,
}
