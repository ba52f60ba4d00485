import { textAt } from '@parley/assembly/values';
import type { ResourceHandler } from './handler.ts';
import { arn, generatedName, shortHash } from './physical-names.ts';

/** `AWS::Cognito::UserPool`: the local issuer speaks in its name. */
export const userPool: ResourceHandler = {
  create(request) {
    const { region, id } = request.stack;
    const poolId = `${region}_${shortHash(id, request.logicalId).slice(0, 9)}`;
    const provider = `cognito-idp.${region}.amazonaws.com/${poolId}`;
    return {
      physicalId: poolId,
      attributes: {
        UserPoolId: poolId,
        Arn: arn('cognito-idp', request, `userpool/${poolId}`),
        ProviderName: provider,
        ProviderURL: `https://${provider}`,
      },
    };
  },
};

/** `AWS::Cognito::UserPoolResourceServer`: the local issuer grants its scopes. */
export const resourceServer: ResourceHandler = {
  create: ({ properties }) => ({ physicalId: textAt(properties, 'Identifier') ?? '', attributes: {} }),
};

/** `AWS::Cognito::UserPoolClient`: a client the local issuer knows. */
export const userPoolClient: ResourceHandler = {
  create(request) {
    const clientId = shortHash(generatedName(request), 'client');
    const name = textAt(request.properties, 'ClientName') ?? request.logicalId;
    return { physicalId: clientId, attributes: { ClientId: clientId, Name: name } };
  },
};

/** `AWS::Logs::LogGroup`: a file below `logs` in the data folder. */
export const logGroup: ResourceHandler = {
  create(request) {
    const name = textAt(request.properties, 'LogGroupName') ?? generatedName(request);
    return { physicalId: name, attributes: { Arn: arn('logs', request, `log-group:${name}:*`) } };
  },
};
