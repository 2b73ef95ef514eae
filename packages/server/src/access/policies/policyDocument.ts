import type { ConditionOperator, SetOperator } from './conditionOperators.ts'

/** The versions of the policy language; variables are known to the later one alone. */
export type PolicyVersion = '2012-10-17' | '2008-10-17'

export type Effect = 'Allow' | 'Deny'

/** A policy as it was written, with every element in its longest form. */
export interface PolicyDocument {
  /** 2008-10-17 where the document names none. */
  readonly version: PolicyVersion
  readonly id?: string
  readonly statements: readonly Statement[]
}

export interface Statement {
  /** Its place in the document, from 1. */
  readonly number: number
  readonly sid?: string
  readonly effect: Effect
  /** Whom it is about; absent in policies of identities, which are about who has them. */
  readonly principals?: PrincipalElement
  readonly actions: PatternElement
  readonly resources: PatternElement
  readonly conditions: readonly Condition[]
}

/** Action, NotAction, Resource or NotResource. */
export interface PatternElement {
  /** True for the forms with Not, which match what no pattern matches. */
  readonly negated: boolean
  readonly patterns: readonly string[]
}

/** Principal or NotPrincipal. */
export interface PrincipalElement {
  readonly negated: boolean
  readonly principals: readonly Principal[]
  /** Whether it was written as `"*"`, not as `{"AWS": "*"}`. */
  readonly isBareStar: boolean
}

/**
 * One principal: everyone, an account, a user, role or session by its ARN, or one that is not from
 * IAM and never calls here: a service, an identity provider.
 */
export type Principal =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'arn'; readonly arn: string }
  | { readonly kind: 'other'; readonly type: string; readonly name: string }

/** One key under one operator. All conditions of a statement must hold. */
export interface Condition {
  /** As it was written, such as `ForAllValues:StringLikeIfExists`. */
  readonly name: string
  readonly operator: ConditionOperator
  readonly set?: SetOperator
  readonly ifExists: boolean
  readonly key: string
  readonly values: readonly string[]
}
