import { expect, test } from 'vitest';
import { z } from 'zod';
import type { ApprovalRule } from './approval-rule.ts';
import { defineTool, toolSpecOf } from './tool.ts';

const input = z.object({
  amount: z.number().default(500),
  account: z.string().toLowerCase(),
  note: z.string().optional(),
});

function specWith(approval: ApprovalRule) {
  return toolSpecOf(
    defineTool({ name: 'refund', description: 'Refunds.', input, approval, handler: () => 1 }),
  );
}

test('which calls need approval is data of the tool: all of them, or a JSON Schema of their input', () => {
  expect(specWith('always')).toMatchObject({ spec: { approval: { always: true } } });
  expect(specWith({ withinSeconds: 60 })).toMatchObject({
    spec: { approval: { always: true, withinSeconds: 60 } },
  });
  expect(specWith({ when: z.object({ amount: z.number().min(100) }) })).toMatchObject({
    spec: {
      approval: {
        when: {
          type: 'object',
          properties: { amount: { type: 'number', minimum: 100 } },
          required: ['amount'],
        },
      },
    },
  });
});

test.each<[string, z.ZodObject, string, RegExp]>([
  ['misspells a field', z.object({ amuont: z.number() }), 'approval.when.amuont', /amount, account, note/],
  [
    'speaks of what the input changes',
    z.object({ account: z.literal('prod') }),
    'input.account',
    /trim\(\) changes/,
  ],
  ['is strict', z.strictObject({ amount: z.number() }), 'approval.when', /further key/],
  [
    'refines',
    z.object({ amount: z.number().refine((n) => n > 5) }),
    'approval.when.amount',
    /^a refinement cannot/,
  ],
  ['has flags', z.object({ note: z.string().regex(/urgent/i) }), 'approval.when.note', /with flags cannot/],
  [
    'changes what it reads',
    z.object({ note: z.string().trim().min(1) }),
    'approval.when.note',
    /^an overwrite/,
  ],
  ['coerces', z.object({ amount: z.coerce.number() }), 'approval.when.amount', /^coercion cannot/],
  ['has a date', z.object({ note: z.date() }), 'approval.when.note', /^a date has no JSON Schema/],
])('a rule that %s is a problem, as it would let calls through', (_, when, field, message) => {
  const described = specWith({ when });
  expect('problems' in described && described.problems).toContainEqual({
    field,
    message: expect.stringMatching(message),
  });
});

test('a rule that is none is a problem', () => {
  const fieldOf = (rule: unknown) => {
    const described = specWith(rule as ApprovalRule);
    return 'problems' in described && described.problems.map(({ field }) => field);
  };
  expect(fieldOf({ when: { amount: 5 } })).toEqual(['approval.when']);
  expect(fieldOf({ withinSeconds: 0 })).toEqual(['approval.withinSeconds']);
  expect(fieldOf({ withinHours: 1 })).toEqual(['approval']);
});
