import type { Construct } from 'constructs';

/** What a service or function may use: the variables that tell it what, and the actions it may take on it. */
export interface Access {
  /** Environment variables, by name. @default none */
  environment?: Record<string, string>;
  /** IAM actions, spelled out. */
  actions: string[];
  /** ARNs the actions apply to. */
  resources: string[];
  /** IAM condition block. @default none */
  conditions?: Record<string, Record<string, unknown>>;
}

/** What can be given access. One call gives the permission and the variables, so that they cannot drift. */
export interface Grantee extends Construct {
  allow(access: Access): void;
}
