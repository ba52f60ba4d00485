import type { StackStore } from '../state/stack-store.ts';
import { attributeOf } from '../state/records.ts';
import { listAt, textAt } from '@parley/assembly/values';
import { localClientId } from './names.ts';

const openIdScopes = ['openid', 'profile', 'email'];

/** What the running stacks' user pool says. */
export interface Pool {
  /** `https://cognito-idp.<region>.amazonaws.com/<pool id>`: does not depend on the port. */
  issuer: string;
  clientIds: string[];
  scopes: string[];
}

/** The user pool of the running stacks; undefined when they have none (they use another issuer). */
export function poolOf(store: StackStore): Pool | undefined {
  const pool = store.ofType('AWS::Cognito::UserPool')[0];
  if (!pool) return undefined;
  const own = store
    .ofType('AWS::Cognito::UserPoolResourceServer')
    .flatMap(({ record }) =>
      listAt(record.properties, 'Scopes').map(
        (scope) => `${record.physicalId}/${textAt(scope, 'ScopeName')}`,
      ),
    );
  return {
    issuer: attributeOf(pool.record, 'ProviderURL'),
    clientIds: [
      localClientId,
      ...store.ofType('AWS::Cognito::UserPoolClient').map(({ record }) => record.physicalId),
    ],
    scopes: [...own, ...openIdScopes],
  };
}

/** The scopes to grant: those asked for that exist, or all when none is asked for. */
export function grantedScope(pool: Pool, asked: string | undefined): string {
  const wanted = (asked ?? '').split(' ').filter((scope) => scope !== '');
  return (wanted.length === 0 ? pool.scopes : wanted.filter((scope) => pool.scopes.includes(scope))).join(
    ' ',
  );
}
