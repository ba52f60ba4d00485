import { problemLine, SynthProblemsError } from '../errors.ts';
import type { SynthOptions } from '../parley-app.ts';
import { createWorkspace } from './workspace.ts';

/**
 * What a synth of a stack with this body reports, one line each; nothing when it succeeds. In the body, `stack`
 * is the ParleyStack, `add(id, type, properties)` adds a resource, and `ref(resource)` refers to one.
 */
export async function problemsOf(body: string, options: Partial<SynthOptions> = {}): Promise<string[]> {
  const workspace = await createWorkspace({ 'stack.ts': source(body) });
  try {
    await (await workspace.load()).synth({ stage: 'dev', ...options });
    return [];
  } catch (error) {
    if (error instanceof SynthProblemsError) return error.problems.map(problemLine);
    throw error;
  } finally {
    await workspace.remove();
  }
}

/** The template of a stack with this body. */
export async function templateOf(body: string): Promise<unknown> {
  const workspace = await createWorkspace({ 'stack.ts': source(body) });
  try {
    return (await (await workspace.load()).synth({ stage: 'dev' })).template;
  } finally {
    await workspace.remove();
  }
}

function source(body: string): string {
  return `
    import { optOut } from '@parley/cdk/opt-out';
    import { parleyApp } from '@parley/cdk/parley-app';
    import { readParameter, writeParameter } from '@parley/cdk/shared-parameter';
    import { CfnOutput, CfnParameter, CfnResource, ContextProvider, Fn } from 'aws-cdk-lib/core';
    export const app = parleyApp(import.meta, (stack) => {
      const add = (id, type, properties = {}) => new CfnResource(stack, id, { type, properties });
      const ref = ({ logicalId }) => ({ Ref: logicalId });
      const uses = [CfnOutput, CfnParameter, ContextProvider, Fn, optOut, readParameter, writeParameter, add, ref];
      ${body}
    });
  `;
}
