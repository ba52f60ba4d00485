import { z } from 'zod';
import { id } from './id.ts';
import { modelSettings } from './model.ts';

/** Who may use a chat app: everybody signed in, or members of at least one group. */
export const access = z.union([
  z.literal('signed-in'),
  z.strictObject({ groups: z.array(z.string().min(1).max(128)).min(1).max(50) }),
]);
export type Access = z.infer<typeof access>;

/** What a chat app's page offers. All default to what its name suggests a chat has. */
export const features = z.strictObject({
  attachments: z.boolean().default(false),
  regenerate: z.boolean().default(true),
  edit: z.boolean().default(true),
});

/** A chat app as it is registered. */
export const chatAppDefinition = z.strictObject({
  id,
  title: z.string().min(1).max(80),
  description: z.string().max(500).default(''),
  /** One emoji or a short text shown on the card. */
  icon: z.string().max(16).optional(),
  suggestions: z.array(z.string().min(1).max(300)).max(8).default([]),
  access: access.default('signed-in'),
  features: features.default({ attachments: false, regenerate: true, edit: true }),
  /** Id of the agent that answers. */
  agent: id,
  /** Path of a container chat app, `/apps/<id>/`; absent for apps of the common UI. */
  path: z.string().startsWith('/apps/').optional(),
});
export type ChatAppDefinition = z.infer<typeof chatAppDefinition>;

/** What an operator may change without a deploy. It wins over the registered definition. */
export const override = z.strictObject({
  enabled: z.boolean().optional(),
  access: access.optional(),
  model: modelSettings.optional(),
});
export type Override = z.infer<typeof override>;

/** True when a user in `groups` may use an app with this access. */
export function mayUse(appAccess: Access, groups: readonly string[]): boolean {
  return appAccess === 'signed-in' || appAccess.groups.some((group) => groups.includes(group));
}

/** A chat app as the API shows it to those who may use it. */
export const chatAppView = z.strictObject({
  ...chatAppDefinition.omit({ access: true, agent: true }).shape,
  /** The model that answers, as `provider/model`. */
  model: z.string(),
  /** True when answers come from the built-in demo model: the UI says so plainly. */
  demo: z.boolean(),
});
export type ChatAppView = z.infer<typeof chatAppView>;

/** Why a user can, or cannot, write to a session of an app. Its messages can be read in any case. */
export const appState = z.enum(['usable', 'no-access', 'switched-off', 'retired']);
export type AppState = z.infer<typeof appState>;
