import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { Plan, PlannedStack } from '../plan/types.ts';
import { type AwsAccount, startAwsAccount } from './aws-account.ts';
import { PlannedWorkspace } from './planned-workspace.ts';

/** Those of the test that runs, in a file that calls `usePlannedWorkspace`. */
export let account: AwsAccount;
export let workspace: PlannedWorkspace;

/** Gives each test of a file an empty account in memory, which the SDK finds, and a workspace of its own. */
export function usePlannedWorkspace(): void {
  beforeAll(async () => {
    account = await startAwsAccount();
    for (const [name, value] of Object.entries(account.env)) vi.stubEnv(name, value);
  });
  afterAll(() => account.close());
  beforeEach(async () => {
    account.stacks.clear();
    account.parameters.clear();
    account.objects.clear();
    account.calls.length = 0;
    workspace = await PlannedWorkspace.create(account);
  });
  afterEach(() => workspace.remove());
}

export function stackOf({ stacks }: Plan, name: string): PlannedStack {
  return stacks.find(({ stack }) => stack === name)!;
}

/** `action: code text` per reason. */
export function said(plan: Plan, name = 'app'): string[] {
  const { action, reasons } = stackOf(plan, name);
  return [action, ...reasons.map(({ code, text }) => `${code}: ${text}`)];
}
