/** Every name that two parts of Parley share. Nothing else may spell one out. */

/** `<project>-<stage>`: the beginning of every physical name of one stage. */
export type Prefix = string;

export function prefixOf(project: string, stage: string): Prefix {
  return `${project}-${stage}`;
}

/** CloudFormation stack name of the stack `stack` (a workspace package's unscoped name). */
export function stackName(prefix: Prefix, stack: string): string {
  return `${prefix}-${stack}`;
}

/** The foundation's parameters, exactly these ten, below `/<prefix>/network/`. */
export const networkParameters = [
  'vpc-id',
  'vpc-cidr',
  'alb-arn',
  'alb-security-group-id',
  'alb-listener-arn',
  'ecs-cluster-name',
  'ecs-cluster-arn',
  'private-subnet-ids',
  'public-subnet-ids',
  'availability-zones',
] as const;
export type NetworkParameter = (typeof networkParameters)[number];

export type RegistryParameter = 'catalog-table' | 'conversations-table' | 'attachments-bucket';
/**
 * Folders of the attachments bucket: what forms upload, which nobody has looked at yet and a lifecycle rule deletes;
 * attachments, which never change; and outputs of tools that are too large for an event.
 */
export const bucketFolders = {
  uploads: 'uploads/',
  attachments: 'attachments/',
  outputs: 'outputs/',
} as const;

export type AuthParameter = 'issuer' | 'scope';
export type FrontendParameter = 'url' | 'distribution-domain';

/** SSM parameter paths. The owner of each writes it; everybody else only reads. */
export const ssmPath = {
  network: (prefix: Prefix, name: NetworkParameter | 'alb-dns-name') => `/${prefix}/network/${name}`,
  registry: (prefix: Prefix, name: RegistryParameter) => `/${prefix}/registry/${name}`,
  auth: (prefix: Prefix, name: AuthParameter) => `/${prefix}/auth/${name}`,
  frontend: (prefix: Prefix, name: FrontendParameter) => `/${prefix}/frontend/${name}`,
  inferenceTaskRole: (prefix: Prefix) => `/${prefix}/inference/task-role-arn`,
  imageTag: (prefix: Prefix, service: string) => `/${prefix}/${service}/image-tag`,
  /** Below it, the records of all stacks. */
  stacks: (prefix: Prefix) => `/${prefix}/stacks`,
  deployed: (prefix: Prefix, stack: string) => `/${prefix}/stacks/${stack}/deployed`,
};

/** Paths no template writes: the push step (or local running) seeds them before a deploy. */
export function isSeededPath(path: string): boolean {
  return path.endsWith('/image-tag');
}

/** ECR repository of a service. Made by the push step, in no stack. */
export function imageRepository(prefix: Prefix, service: string): string {
  return `${prefix}/${service}`;
}

/** Function name of the registrar. Composed, never looked up: CloudFormation lets no service token change. */
export function registrarFunctionName(prefix: Prefix): string {
  return `${prefix}-registrar`;
}

/** Function name of what publishes the web site. Fixed, for the same reason. */
export function sitePublisherFunctionName(prefix: Prefix): string {
  return `${prefix}-site-publisher`;
}

/** First label of the user pool's sign-in domain. All accounts of a region share one name space. */
export function signInDomainPrefix(prefix: Prefix, account: string): string {
  return `${prefix}-${account}`;
}

export function serviceLogGroup(prefix: Prefix, service: string): string {
  return `/ecs/${prefix}/${service}`;
}

export function functionLogGroup(prefix: Prefix, functionName: string): string {
  return `/lambda/${prefix}/${functionName}`;
}

/** Tags that decide what the inference task role may invoke: functions that carry both. */
export const tags = {
  prefix: 'parley:prefix',
  role: 'parley:role',
  toolRole: 'tool',
} as const;

/** Docker label of a task definition's container: the workspace package whose build it runs. */
export const workspaceLabel = 'parley.workspace';

/** Docker label of a container, `true` where it talks over WebSockets: more than one task then needs stickiness. */
export const webSocketLabel = 'parley.web-socket';

/** Key of a template's `Metadata` that says which stack of which stage it is. */
export const templateMetadata = 'Parley';

/** OAuth scope a token must carry to use a stage: `<prefix>/chat`. */
export function chatScope(prefix: Prefix): string {
  return `${prefix}/chat`;
}

/** True for the issuer of a Cognito user pool, whose access tokens say so in `token_use` and name no audience. */
export function isUserPool(issuer: string): boolean {
  return /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//.test(issuer);
}

/** Names of environment variables: set by constructs, read by services' configuration. */
export const env = {
  port: 'PORT',
  /** Address to listen on. Default: every address, as a container must. */
  host: 'PARLEY_HOST',
  prefix: 'PARLEY_PREFIX',
  catalogTable: 'PARLEY_CATALOG_TABLE',
  conversationsTable: 'PARLEY_CONVERSATIONS_TABLE',
  attachmentsBucket: 'PARLEY_ATTACHMENTS_BUCKET',
  authIssuer: 'PARLEY_AUTH_ISSUER',
  authScope: 'PARLEY_AUTH_SCOPE',
  /** What the `aud` claim of a token must name. Default: it is not looked at. */
  authAudience: 'PARLEY_AUTH_AUDIENCE',
  /** Where the issuer's keys are fetched, when not at `<issuer>/.well-known/jwks.json`. */
  authJwksUrl: 'PARLEY_AUTH_JWKS_URL',
  /** Where pages fetch the issuer's metadata, when not at its usual place: an address, or a path of their origin. */
  authMetadataUrl: 'PARLEY_AUTH_METADATA_URL',
  siteBucket: 'PARLEY_SITE_BUCKET',
  /** JSON of the contract's model settings: what agents without a model of their own use. */
  model: 'PARLEY_MODEL',
  /** JSON of the contract's model key origins: which variables hold keys, and where each may be sent. */
  modelKeyOrigins: 'PARLEY_MODEL_KEY_ORIGINS',
  /** JSON of the contract's budget: the bounds of every run. */
  budget: 'PARLEY_BUDGET',
  stopTimeout: 'PARLEY_STOP_TIMEOUT_SECONDS',
} as const;

/** Environment of the synth programs; stage and settings are part of turbo's cache key, which turbo gives as a hash. */
export const synthEnv = { stage: 'PARLEY_STAGE', set: 'PARLEY_SET', taskHash: 'TURBO_HASH' } as const;

/** File of a cloud assembly that holds the hash of the task that synthesized it. */
export const sourcesHashFile = 'sources.hash';

/** Listener rules on the shared load balancer: paths and priorities. Chat apps begin at 100. */
export const listenerRules = {
  registryApi: { paths: ['/api/*', '/health'], priority: 1 },
  inferenceApi: { paths: ['/inference/*'], priority: 10 },
  firstChatApp: 100,
} as const;

/** Paths that belong to services. What is reached from outside at any other path is the web site's. */
export const servicePaths = ['/api/*', '/inference/*', '/apps/*'] as const;

/** Port every container listens on, given to it as `PORT`. */
export const containerPort = 8080;
