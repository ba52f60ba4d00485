import { architectures } from '@parley/contract/architecture';
import { budget, modelKey, modelSettings } from '@parley/contract/model';
import { isUserPool, synthEnv } from '@parley/contract/names';
import { describeIssues } from '@parley/contract/issues';
import { stage as stageName } from '@parley/contract/id';
import { z } from 'zod';
import { SynthProblemsError, type SynthProblem } from './errors.ts';
import { modelSecrets } from './model-secrets.ts';

/** The file at the workspace's root that holds every stage's settings. */
export const configFile = 'parley.config.ts';

const availableNetworks = ['public', 'private', 'private-ha'] as const;
const laterNetworks = ['isolated', 'existing'];

const network = z.enum(availableNetworks, {
  error: ({ input }) =>
    `${laterNetworks.includes(String(input)) ? 'this network profile is not available yet; ' : ''}expected one of ${quoted(availableNetworks)}`,
});

/** Periods CloudWatch Logs accepts, up to a year. */
const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365] as const;

const httpsOrigin = z
  .string()
  .regex(/^https:\/\/[a-z0-9.-]+(:\d+)?$/, 'expected an origin such as "https://login.example.com"');

/** ARN of something that CloudFront only takes from us-east-1, whatever the stage's region. */
function edgeArn(pattern: RegExp, what: string) {
  return z
    .string()
    .regex(pattern, `expected the ARN of ${what} in us-east-1, the one region CloudFront takes it from`);
}

/** Settings of one stage. There are no hidden defaults: `defaults` in the file names every one. */
export const stageSettings = z
  .strictObject({
    /** AWS region, such as `eu-west-1`. */
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as "eu-west-1"'),
    /** Account the stage lives in. Without it, wherever the credentials of a deploy lead. */
    account: z
      .string()
      .regex(/^\d{12}$/, 'expected an account number of 12 digits, as a string')
      .optional(),
    /** `public`: no NAT, tasks have public addresses. `private`: one NAT. `private-ha`: a NAT per zone. */
    network,
    /** Size of each service's tasks, and how many. */
    size: z.enum(['small', 'medium', 'large']),
    /** Processors that services run on; their images are built for them. */
    architecture: z.enum(architectures, { error: `expected one of ${quoted(architectures)}` }),
    logRetentionDays: z.literal(retentionDays, {
      error: `expected one of ${retentionDays.join(', ')}`,
    }),
    /** What agents without a model of their own use. */
    model: modelSettings,
    /**
     * Environment variable of inference-api → name of the Secrets Manager secret that fills it. A key is sent to where
     * the stage's model is; to have agents with models of their own send it elsewhere, name `{ secret, origins }`.
     */
    modelSecrets,
    /** Bounds of every run. */
    budget,
    /** OIDC issuer to trust in place of an own Cognito user pool. */
    signIn: z
      .strictObject({
        issuer: z.url({ protocol: /^https$/, error: 'expected an https address' }),
        /** Public client (no secret, PKCE) that the page in the browser signs in with. */
        clientId: z.string('expected the id of the client that the page signs in with').min(1),
        /** Scope an access token must carry. @default `<prefix>/chat` */
        scope: z.string().min(1).optional(),
        /** Audience (`aud`) an access token must name besides, as an API is called at the issuer. @default none */
        audience: z.string('expected the audience that access tokens name').min(1).optional(),
        /** Origin of the token endpoint, which the page talks to. @default the issuer's */
        tokenOrigin: httpsOrigin.optional(),
      })
      .superRefine(({ issuer, audience }, context) => {
        if (audience === undefined || !isUserPool(issuer)) return;
        const message = 'access tokens of Cognito name none: remove it; the scope tells whom a token is for';
        context.addIssue({ code: 'custom', path: ['audience'], message });
      })
      .optional(),
    /** The web site's address and protection. @default an address of CloudFront's making, and no web ACL */
    site: z
      .strictObject({
        /** Name the site is reached at; point it to the distribution by a CNAME or alias record. */
        domain: z
          .string()
          .regex(
            /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
            'expected a domain such as "chat.example.com"',
          )
          .optional(),
        /** Certificate for the domain. */
        certificateArn: edgeArn(
          /^arn:aws:acm:us-east-1:\d{12}:certificate\/\S+$/,
          'a certificate',
        ).optional(),
        /** Web ACL (WAF) in front of everything. */
        webAclArn: edgeArn(
          /^arn:aws:wafv2:us-east-1:\d{12}:global\/webacl\/\S+$/,
          'a global web ACL',
        ).optional(),
      })
      .superRefine(({ domain, certificateArn }, context) => {
        if ((domain === undefined) === (certificateArn === undefined)) return;
        const message =
          domain === undefined
            ? 'there is no domain it is for: name it in site.domain, or remove the certificate'
            : 'it needs a certificate for https: name one in site.certificateArn, issued in us-east-1';
        const path = [domain === undefined ? 'certificateArn' : 'domain'];
        context.addIssue({ code: 'custom', path, message });
      })
      .optional(),
    /** Keep data: point-in-time recovery, deletion protection, and resources that outlive their stack. */
    protectData: z.boolean(),
  })
  .superRefine(({ model, modelSecrets: secrets }, context) => {
    const variable = modelKey(model)?.variable;
    if (variable !== undefined && !Object.hasOwn(secrets, variable)) {
      context.addIssue({
        code: 'custom',
        path: ['model', 'apiKeyEnv'],
        message: `nothing fills this variable; name its secret in modelSecrets, as { ${variable}: '<name in Secrets Manager>' }`,
      });
    }
  });
export type StageSettings = z.output<typeof stageSettings>;
export type StageSettingsInput = z.input<typeof stageSettings>;

const parleyConfig = z.strictObject({
  /** Begins every physical name: `<project>-<stage>`. */
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,14}$/, 'expected a lower-case letter, then up to 14 of a-z, 0-9, "-"'),
  /** Settings of every stage that does not say otherwise. */
  defaults: z.record(z.string(), z.unknown()),
  stages: z.record(stageName, z.record(z.string(), z.unknown())),
});

/** What `parley.config.ts` holds. A stage's value replaces the default's as a whole. */
export interface ParleyConfig {
  project: string;
  defaults: StageSettingsInput;
  stages: Record<string, Partial<StageSettingsInput>>;
}

/** Types the content of `parley.config.ts`, which exports it as `config`. */
export function defineConfig(config: ParleyConfig): ParleyConfig {
  return config;
}

/** Values for one command, by setting: `{ network: 'private', 'budget.turns': 4 }`. */
export type Overrides = Readonly<Record<string, unknown>>;

/**
 * The settings of one stage: `defaults`, then the stage's own, then the overrides.
 * @throws SynthProblemsError with every problem, naming the file (or the variable) and the field
 */
export function settingsOf(config: unknown, stage: string, overrides: Overrides = {}): StageSettings {
  const { defaults, stages } = checkedConfig(config);
  const base = { ...defaults, ...stages[stage] };
  const typed = typedOverrides(base, overrides);
  const values = withOverrides(base, typed);
  const parsed = stageSettings.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new SynthProblemsError(
    describeIssues(parsed.error, values).map(({ field, message }) => {
      const key = Object.keys(overrides).find((each) => concerns(each, field, message));
      if (key === undefined) return { file: configFile, field, message };
      // Somebody may have put a secret where only its name belongs: what is inside a value is not shown.
      const isShown = field === key && !isNested(typed[key]);
      return {
        file: synthEnv.set,
        field: field || key,
        message: isShown ? message : message.replace(/, got .*$/s, ''),
      };
    }),
  );
}

/** Also true of text that was meant to be an object, or a list. */
function isNested(value: unknown): boolean {
  return typeof value === 'string' ? /^\s*[[{]/.test(value) : typeof value === 'object' && value !== null;
}

/** The project's name: what every prefix begins with. */
export function projectOf(config: unknown): string {
  return checkedConfig(config).project;
}

function checkedConfig(config: unknown): z.output<typeof parleyConfig> {
  const parsed = parleyConfig.safeParse(config);
  if (!parsed.success) throw new SynthProblemsError(inConfigFile(describeIssues(parsed.error, config)));
  const problems = Object.entries(parsed.data.stages).flatMap(([stage, own]) =>
    settingsProblems({ ...parsed.data.defaults, ...own }, own, `stages.${stage}`),
  );
  const ofDefaults = settingsProblems(parsed.data.defaults, parsed.data.defaults, 'defaults');
  if (ofDefaults.length + problems.length > 0) throw new SynthProblemsError([...ofDefaults, ...problems]);
  return parsed.data;
}

/** Problems of the values that one place of the file sets; those it inherits are reported where they stand. */
function settingsProblems(values: object, own: object, at: string): SynthProblem[] {
  const parsed = stageSettings.safeParse(values);
  if (parsed.success) return [];
  const issues = describeIssues(parsed.error, values).filter(
    (_, i) => at === 'defaults' || issueIsOf(own, parsed.error.issues[i]),
  );
  return inConfigFile(issues).map((problem) => ({
    ...problem,
    field: problem.field === '' ? at : `${at}.${problem.field}`,
  }));
}

function issueIsOf(own: object, issue: z.core.$ZodIssue | undefined): boolean {
  if (issue?.code === 'unrecognized_keys')
    return issue.path.length > 0 || issue.keys.some((key) => key in own);
  return String(issue?.path[0]) in own;
}

function inConfigFile(problems: { field: string; message: string }[]): SynthProblem[] {
  return problems.map((problem) => ({ file: configFile, ...problem }));
}

function withOverrides(base: Record<string, unknown>, overrides: Overrides): Record<string, unknown> {
  return Object.entries(overrides).reduce(
    (values, [key, value]) => withValue(values, key.split('.'), value),
    base,
  );
}

function withValue(base: unknown, [key = '', ...rest]: string[], value: unknown): Record<string, unknown> {
  const object = typeof base === 'object' && base !== null ? (base as Record<string, unknown>) : {};
  return { ...object, [key]: rest.length === 0 ? value : withValue(object[key], rest, value) };
}

/**
 * A value of `--set` comes as text. Where the text itself does not fit but what it says as JSON does, that
 * is what is meant: `7`, `true`, `{"provider":"demo"}`; but an account number stays text.
 */
function typedOverrides(base: Record<string, unknown>, overrides: Overrides): Overrides {
  const fits = (key: string, value: unknown) => {
    const { error } = stageSettings.safeParse(withOverrides(base, { ...overrides, [key]: value }));
    return !error?.issues.some(({ path }) => concerns(key, path.join('.'), ''));
  };
  return Object.fromEntries(
    Object.entries(overrides).map(([key, value]) => {
      if (typeof value !== 'string' || fits(key, value)) return [key, value];
      const typed = fromJson(value);
      return [key, isNested(typed) || fits(key, typed) ? typed : value];
    }),
  );
}

/** True when a problem at `field` is one of the override `key`. */
function concerns(key: string, field: string, message: string): boolean {
  return (
    field === key || field.startsWith(`${key}.`) || message.includes(`unknown key "${key.split('.').at(-1)}"`)
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ');
}
