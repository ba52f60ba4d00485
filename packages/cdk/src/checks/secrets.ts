import type { Check, Finding } from './check.ts';
import { runnersOf, type Runner } from './grants.ts';
import { resourcesOf, stringsIn, textOf } from './template.ts';

/** Keys that their issuers made recognizable. */
const knownKeys: Record<string, RegExp> = {
  'an AWS access key': /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'a key of Anthropic or OpenAI': /\bsk-[A-Za-z0-9_-]{20,}/,
  'a GitHub token': /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})/,
  'a Slack token': /\bxox[abposr]-[A-Za-z0-9-]{10,}/,
};

/** Properties that take a secret, and variables that are called like one. */
const secretProperty = /(Password|SecretString|AuthToken|PrivateKey)$/;
const secretVariable = /(PASSWORD|PASSPHRASE|SECRET|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|(^|_)TOKEN)$/;

/**
 * A secret in plain text: templates are kept by CloudFormation, in the bucket of assets and in caches, and
 * an environment is shown to everybody who may look at the function.
 */
export const plainSecrets: Check = (template) => [
  ...resourcesOf(template).flatMap(({ logicalId, properties }) =>
    [...stringsIn(properties)].flatMap(({ path, text }) => {
      const kind = Object.keys(knownKeys).find((name) => knownKeys[name]?.test(text));
      if (kind) return [secret(logicalId, `${path.join('.')} holds ${kind}`)];
      if (secretProperty.test(path.at(-1) ?? '') && !text.startsWith('{{resolve:secretsmanager:'))
        return [secret(logicalId, `${path.join('.')} is in plain text`)];
      return [];
    }),
  ),
  ...runnersOf(template).flatMap((runner) =>
    runner.environment
      .filter(([name, value]) => isSecretValue(runner, name, value))
      .map(([name]) => secret(runner.logicalId, `the variable ${name} has its value in the template`)),
  ),
];

/** A variable may hold the name of a secret, which the role may then read. */
function isSecretValue({ allowed = [] }: Runner, name: string, value: unknown): boolean {
  const text = textOf(value);
  if (text.includes('{{resolve:secretsmanager:')) return true;
  if (typeof value !== 'string' || text === '' || !secretVariable.test(name)) return false;
  const mayRead = allowed
    .filter(({ actions }) => actions.some((action) => /:Get(SecretValue|Parameter)/.test(action)))
    .flatMap(({ resources }) => resources.map(textOf));
  return !mayRead.some((arn) => arn.includes(text.replace(/^\//, '')));
}

function secret(at: string, found: string): Finding {
  return {
    at,
    found,
    expected: 'the name of a secret, and never its value',
    mend: 'keep it in Secrets Manager, give the code its name (the property "secrets"), and replace the secret that was written here',
  };
}
