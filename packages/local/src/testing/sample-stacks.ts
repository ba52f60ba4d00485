import { type FixtureStack, lambda, ssmInput, ssmOutput } from '@parley/assembly/testing';
import type { JsonObject } from '@parley/assembly/values';

/** A load balancer with a listener whose default answer is 404, and its address for others. */
export function foundation(): FixtureStack {
  return {
    name: 'sample-foundation',
    Resources: {
      Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
      Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme: 'internal' } },
      Listener: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          LoadBalancerArn: { Ref: 'Balancer' },
          Port: 80,
          DefaultActions: [
            {
              Type: 'fixed-response',
              FixedResponseConfig: { StatusCode: '404', MessageBody: 'No such path' },
            },
          ],
        },
      },
      ListenerArn: ssmOutput('/sample/network/alb-listener-arn', { Ref: 'Listener' }),
      VpcCidr: ssmOutput('/sample/network/vpc-cidr', { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }),
    },
  };
}

/** A service that answers on `/echo*`, its program in the workspace package `@sample/echo`. */
export function echoService(overrides: { environment?: Record<string, string> } = {}): FixtureStack {
  const environment = { GREETING: 'hello', ...overrides.environment };
  return {
    name: 'sample-echo',
    Parameters: {
      Listener: ssmInput('/sample/network/alb-listener-arn'),
      ImageTag: ssmInput('/sample/echo/image-tag'),
    },
    Resources: {
      Group: {
        Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
        Properties: { HealthCheckPath: '/echo/health', Port: 8080 },
      },
      Rule: {
        Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
        Properties: {
          ListenerArn: { Ref: 'Listener' },
          Priority: 5,
          Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/echo', '/echo/*'] } }],
          Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Group' } }],
        },
      },
      Task: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          Family: 'sample-echo',
          ContainerDefinitions: [
            {
              Name: 'echo',
              Image: { 'Fn::Join': ['', ['example/echo:', { Ref: 'ImageTag' }]] },
              DockerLabels: { 'parley.workspace': '@sample/echo' },
              Command: ['node', 'server.mjs'],
              StopTimeout: 2,
              Environment: [
                { Name: 'PORT', Value: '8080' },
                ...Object.entries(environment).map(([Name, Value]) => ({ Name, Value })),
              ],
              Secrets: ['SAMPLE_KEY', 'OTHER_KEY'].map((Name) => ({
                Name,
                ValueFrom: `arn:aws:secretsmanager:us-east-1:000000000000:secret:sample/${Name}`,
              })),
              LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': '/ecs/sample/echo' } },
            },
          ],
        },
      },
      Service: {
        Type: 'AWS::ECS::Service',
        DependsOn: ['Rule'],
        Properties: {
          TaskDefinition: { Ref: 'Task' },
          DesiredCount: 1,
          LoadBalancers: [{ ContainerName: 'echo', ContainerPort: 8080, TargetGroupArn: { Ref: 'Group' } }],
        },
      },
    },
  };
}

/** Program of the echo service: reports its environment, streams, crashes, upgrades. */
export const echoProgram = `
import { createServer } from 'node:http';
const version = 'one';
const server = createServer((request, response) => {
  if (request.url === '/echo/health') return response.end('ok');
  if (request.url === '/echo/crash') return process.exit(3);
  if (request.url === '/echo/slow') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: first\\n\\n');
    request.on('close', () => console.log('client left'));
    process.once('SIGTERM', () => response.end('data: last\\n\\n'));
    return;
  }
  if (request.url === '/echo/refuse') return response.writeHead(413).end('too large');
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ version, pid: process.pid, url: request.url, headers: request.headers, body, env: process.env }));
  });
});
server.on('upgrade', (request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: echo\\r\\nconnection: upgrade\\r\\n\\r\\n');
  socket.pipe(socket);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
`;

/** A table, a function that records custom resources' events in it, and a user pool. */
export function registry(code = registrarCode): FixtureStack {
  return {
    name: 'sample-registry',
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'sk', AttributeType: 'S' },
          ],
        },
      },
      TableName: ssmOutput('/sample/registry/table', { Ref: 'Table' }),
      Uploads: { Type: 'AWS::S3::Bucket', Properties: {} },
      UploadsName: ssmOutput('/sample/registry/uploads', { Ref: 'Uploads' }),
      Pool: { Type: 'AWS::Cognito::UserPool', Properties: {} },
      Server: {
        Type: 'AWS::Cognito::UserPoolResourceServer',
        Properties: {
          UserPoolId: { Ref: 'Pool' },
          Identifier: 'sample',
          Scopes: [{ ScopeName: 'chat', ScopeDescription: 'Chat' }],
        },
      },
      Issuer: ssmOutput('/sample/auth/issuer', { 'Fn::GetAtt': ['Pool', 'ProviderURL'] }),
      Registrar: lambda(`registrar-${code.length}`, {
        FunctionName: 'sample-registrar',
        Environment: { Variables: { TABLE: { Ref: 'Table' } } },
      }),
    },
    assets: { [`registrar-${code.length}`]: { 'index.mjs': code } },
  };
}

/** Records each event by a plain HTTP call to DynamoDB, and answers as the properties say. */
export const registrarCode = `
const call = (operation, input) => fetch(process.env.AWS_ENDPOINT_URL_DYNAMODB, {
  method: 'POST',
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.' + operation,
    'x-amz-date': '20260101T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/a, SignedHeaders=host, Signature=x',
  },
  body: JSON.stringify(input),
});
let counter = 0;
export const handler = async (event) => {
  const at = String(Date.now()).padStart(15, '0') + '-' + String(counter++).padStart(5, '0');
  await call('PutItem', { TableName: process.env.TABLE, Item: { pk: { S: 'events' }, sk: { S: at }, event: { S: JSON.stringify(event) } } });
  const { ResourceProperties: properties } = event;
  if (properties.Behaviour === 'silent') return;
  if (properties.Behaviour === 'throw' && event.RequestType !== 'Delete') throw new Error('thrown on purpose');
  if (properties.Behaviour === 'hang') return new Promise((resolve) => setTimeout(resolve, 60000));
  const refuse = properties.Behaviour === 'refuse' && event.RequestType !== 'Delete';
  await fetch(event.ResponseURL, {
    method: 'PUT',
    body: JSON.stringify({
      Status: refuse ? 'FAILED' : 'SUCCESS',
      Reason: refuse ? 'refused on purpose' : undefined,
      PhysicalResourceId: 'app/' + properties.Id,
      Data: { Greeting: 'hello ' + properties.Id },
    }),
  });
};
`;

export const registrarArn = {
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':lambda:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      ':function:sample-registrar',
    ],
  ],
};

/** A stack with one registration by the registrar of `registry`. */
export function app(name: string, properties: JsonObject = {}, resources: JsonObject = {}): FixtureStack {
  return {
    name: `sample-${name}`,
    Resources: {
      Registration: {
        Type: 'Custom::SampleApp',
        Properties: {
          ServiceToken: registrarArn,
          ServiceTimeout: 30,
          Id: name,
          Number: 7,
          Flag: true,
          ...properties,
        },
      },
      ...resources,
    },
  };
}
