import type { IdentityCounts } from '../../access/identities/identities.ts'

/** Such as `2 users, 1 role, 3 access keys, 1 policy`. */
export function countsText({ users, roles, accessKeys, policies }: IdentityCounts): string {
  return [
    counted(users, 'user', 'users'),
    counted(roles, 'role', 'roles'),
    counted(accessKeys, 'access key', 'access keys'),
    counted(policies, 'policy', 'policies'),
  ].join(', ')
}

const counted = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`
