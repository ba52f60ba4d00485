import { describe, expect, it } from 'vitest';
import { agentProperties, appProperties, properties, type EventOptions } from './testing/cloudformation.ts';
import { agent, app, useRegistrarWorld } from './testing/registrar-world.ts';

const world = useRegistrarWorld();
const { create, remove } = world;

describe('a registration is refused with a reason that names field and mend', () => {
  const refusal = async (options: Partial<EventOptions>) => {
    const answer = await create({ ...agent, properties: agentProperties(world.id), ...options });
    expect(answer.Status).toBe('FAILED');
    expect(await world.catalog.getLive('agent', world.id)).toBeUndefined();
    return answer;
  };

  it('when it is for another stage', async () => {
    const { Reason } = await refusal({ properties: { ...agentProperties(world.id), Stage: 'parley-prod' } });
    expect(Reason).toContain(
      'Stage: this registrar is of "parley-test", the registration is for "parley-prod"',
    );
  });

  it('when the app’s agent is unknown or retired', async () => {
    const { Reason } = await create({ ...app, properties: appProperties(world.id, 'nobody') });
    expect(Reason).toContain('Definition.agent: there is no agent "nobody"');
    await create({ ...agent, properties: agentProperties(world.id) });
    await remove({
      ...agent,
      properties: agentProperties(world.id),
      physicalResourceId: `agent/${world.id}`,
    });
    expect((await create({ ...app, properties: appProperties(world.id, world.id) })).Status).toBe('FAILED');
  });

  it.each([
    [
      'another account',
      'arn:aws:lambda:eu-west-1:999999999999:function:f',
      'arn:aws:lambda:eu-west-1:123456789012',
    ],
    [
      'another region',
      'arn:aws:lambda:us-east-1:123456789012:function:f',
      'arn:aws:lambda:eu-west-1:123456789012',
    ],
    ['no function', 'arn:aws:s3:::bucket', 'expected the ARN of a Lambda function'],
    [
      'the registrar itself',
      'arn:aws:lambda:eu-west-1:123456789012:function:parley-test-registrar:$LATEST',
      "expected a tool's function, got the registrar",
    ],
  ])('when a tool is of %s', async (_, functionArn, words) => {
    const tool = { name: 't', description: 'd', input: { type: 'object' }, functionArn, timeoutSeconds: 3 };
    const { Reason } = await refusal({ properties: agentProperties(world.id, { tools: [tool] }) });
    expect(Reason).toContain('Definition.tools[0].functionArn');
    expect(Reason).toContain(words);
  });

  it('when several fields are wrong, all at once', async () => {
    const { Reason } = await refusal({
      properties: agentProperties(world.id, { instructions: '', tools: 'x', colour: 'red' }),
    });
    for (const words of ['Definition.instructions', 'Definition.tools', 'unknown key "colour"'])
      expect(Reason).toContain(words);
  });

  it('when the definition is too large', async () => {
    const { Reason } = await refusal({
      properties: properties({ id: world.id, instructions: 'x'.repeat(110_000) }),
    });
    expect(Reason).toContain('Definition: expected at most 102400 bytes');
  });

  it('when the definition is no JSON; the delete that follows finds nothing to do', async () => {
    const broken = { ...agentProperties(world.id), Definition: '{"id":' };
    const requestId = 'request-1';
    const { Reason, PhysicalResourceId } = await refusal({ properties: broken, requestId });
    expect(Reason).toContain('Definition: expected JSON');
    expect(PhysicalResourceId).toBe('invalid/request-1');
    const gone = await remove({ ...agent, properties: broken, physicalResourceId: PhysicalResourceId });
    expect(gone).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'invalid/request-1' });
  });
});
