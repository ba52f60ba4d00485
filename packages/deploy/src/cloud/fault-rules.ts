import { bootstrapStep } from './bootstrap.ts';

/** What is read of an error of the SDK or of the CDK toolkit. */
export interface Fault {
  name: string;
  message: string;
  /** Of Node's network layer, such as `ENOTFOUND`. */
  code: string;
  host: string;
}

/** One kind of mistake: how it is known, what it means, and what to do. */
export interface FaultRule {
  code: string;
  applies(fault: Fault): boolean;
  says(fault: Fault): string;
  next: string;
}

const signIn =
  'Sign in again (`aws sso login`, or whatever gave you the credentials), and check with `aws sts get-caller-identity`.';
const networkCodes =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE)$/;

/** In order: the first that applies counts. */
export const faultRules: FaultRule[] = [
  {
    code: 'bootstrap-missing',
    applies: ({ message }) => /bootstrap/i.test(message) && /version|bootstrapped|CDKToolkit/i.test(message),
    says: ({ message }) => `The account and region are not bootstrapped for CDK: ${message}`,
    next: bootstrapStep(),
  },
  {
    code: 'name-taken',
    applies: ({ message }) => /attempting to import some resources because they already exist/.test(message),
    says: ({ message }) =>
      `Names are taken by what an earlier stage kept, which protected its data: ${message}`,
    next:
      'To take them back, set `protectData: true` for the stage. If what they hold may go, delete them (a log group: ' +
      '`aws logs delete-log-group --log-group-name <name>`) and run the same command again.',
  },
  {
    code: 'credentials-expired',
    applies: ({ name, message }) =>
      /^(ExpiredToken(Exception)?|TokenRefreshRequired|TokenProviderError)$/.test(name) ||
      /(token|session|credential)[^.]*\bexpired/i.test(message),
    says: ({ message }) => `The AWS credentials have expired: ${message}`,
    next: signIn,
  },
  {
    code: 'clock-skewed',
    applies: ({ name, message }) =>
      /^(RequestExpired|RequestTimeTooSkewed)$/.test(name) ||
      /Signature (expired|not yet current)/.test(message),
    says: ({ message }) => `This machine's clock differs too much from AWS's: ${message}`,
    next: 'Set the clock (`timedatectl set-ntp true`) and run the command again.',
  },
  {
    code: 'credentials-missing',
    applies: ({ name }) => /^(CredentialsProviderError|CredentialsError|AuthenticationError)$/.test(name),
    says: ({ message }) => `No AWS credentials were found: ${message}`,
    next: 'Sign in (`aws sso login`) and set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  },
  {
    code: 'credentials-invalid',
    applies: ({ name }) =>
      /^(UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|MissingAuthenticationToken(Exception)?)$/.test(
        name,
      ),
    says: ({ message }) => `AWS does not accept the credentials: ${message}`,
    next: signIn,
  },
  {
    code: 'throttled',
    applies: ({ name, message }) =>
      /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(name) || /rate exceeded/i.test(message),
    says: ({ message }) => `AWS refused a call because there were too many, and went on doing so: ${message}`,
    next: 'Wait a minute and run the same command again: it goes on where it stopped.',
  },
  {
    code: 'access-denied',
    applies: ({ name, message }) =>
      /AccessDenied|UnauthorizedOperation|AuthorizationError|Forbidden/.test(name) ||
      /is not authorized to perform/.test(message),
    says: ({ message }) => `The credentials may not do this: ${message}`,
    next: 'Give them the permissions that docs/deploying.md lists, or use others (AWS_PROFILE).',
  },
  {
    code: 'network',
    applies: ({ name, code }) => networkCodes.test(code) || /^(TimeoutError|NetworkingError)$/.test(name),
    says: ({ host, code, message }) =>
      `${host === '' ? 'AWS' : host} cannot be reached${code === '' ? '' : ` (${code})`}: ${message}`,
    next: 'Check the network and the proxy, and the stage’s region in parley.config.ts; then run the same command again.',
  },
];
