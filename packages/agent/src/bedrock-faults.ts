import { ContextWindowOverflowError } from '@strands-agents/sdk';
import { errorText } from './errors.ts';
import {
  BusyError,
  connectionFault,
  contextOverflow,
  failed,
  retryAfter,
  unavailable,
  type BusyFault,
} from './model-faults.ts';

interface Asked {
  model: string;
  region: string;
  /** Whether the answer had begun. */
  started: boolean;
}

/** What the AWS SDK throws, as far as it is of use here. */
interface AwsError extends Error {
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
}

const busyNames: Record<string, BusyFault['code']> = {
  ThrottlingException: 'throttled',
  ServiceQuotaExceededException: 'throttled',
  TooManyRequestsException: 'throttled',
  ModelNotReadyException: 'model-unavailable',
  ServiceUnavailableException: 'model-unavailable',
};

/** Credentials that are missing, wrong or expired, by every name that AWS has for it. */
const credentialNames = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
]);

/** Words of the models behind Bedrock for a conversation that is too long, besides those the framework knows. */
const tooLong = /too long|input tokens exceeded|maximum context length|exceeds? the (model's )?context/i;

/** A call that Bedrock is too busy for, or not ready; undefined for any other error. */
export function bedrockBusy(error: unknown): BusyError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, $response }: AwsError = error;
  const code = busyNames[name];
  if (code === undefined) return undefined;
  const retryAfterSeconds = retryAfter($response?.headers?.['retry-after']);
  return new BusyError(
    { code, why: name, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) },
    error,
  );
}

/** What Bedrock or the way to it threw, as what it means for a run. */
export function bedrockFault(error: unknown, asked: Asked): unknown {
  if (error instanceof ContextWindowOverflowError) return contextOverflow(error);
  if (!(error instanceof Error) || error instanceof BusyError) return error;
  const aws: AwsError = error;
  if (credentialNames.has(aws.name)) return credentials(aws);
  if ('$fault' in aws) return refusedCall(aws, asked);
  const connection = connectionFault(error, asked.started, `Bedrock in ${asked.region}`);
  if (connection !== undefined || aws.$metadata === undefined) return connection ?? error;
  const [said = ''] = aws.message.split('\n'); // the SDK's advice to its programmer follows
  return failed(`Bedrock's answer could not be read (${errorText(said, 300)}). Ask again.`, error);
}

function refusedCall(error: AwsError, asked: Asked): Error {
  const { name, message, $metadata } = error;
  const status = $metadata?.httpStatusCode;
  if (name === 'AccessDeniedException') return accessDenied(error, asked);
  if (
    name === 'ResourceNotFoundException' ||
    /model identifier is invalid|end of (its )?life/i.test(message)
  ) {
    return unavailable(
      `Bedrock in ${asked.region} has no model "${asked.model}", or has retired it. Its operator must name one that this region has, or another region, in parley.config.ts.`,
      error,
    );
  }
  if (/on-demand throughput/i.test(message)) {
    return unavailable(
      `Bedrock has the model "${asked.model}" only through an inference profile. Its operator must name the profile's id in parley.config.ts, such as "eu.${asked.model}".`,
      error,
    );
  }
  if (/operation not allowed/i.test(message)) return accessDenied(error, asked);
  if (tooLong.test(message)) return contextOverflow(error);
  const said = `${name}: ${errorText(message, 300)}`;
  if (asked.started) return failed(`Bedrock failed within its answer (${said}). Ask again.`, error);
  return (status ?? 500) >= 500 || name === 'ModelTimeoutException'
    ? unavailable(`Bedrock could not answer (${said}). Try again in a while.`, error)
    : failed(`Bedrock refused the request (${said}).`, error);
}

function credentials(error: AwsError): Error {
  const state = /expired/i.test(`${error.name} ${error.message}`)
    ? 'have expired'
    : 'are missing or not valid';
  return unavailable(
    `The AWS credentials for Bedrock ${state} (${error.name}). The operator must renew them (on a computer: aws sso login, then start again).`,
    error,
  );
}

/** AWS's own words name accounts and roles: they are for the log, not for the user. */
function accessDenied(error: AwsError, { model, region }: Asked): Error {
  if (/api key|bearer token|token has expired/i.test(error.message)) return credentials(error);
  const mend = /not authorized to perform/i.test(error.message)
    ? `let the service's role call bedrock:InvokeModelWithResponseStream on it: name the model in parley.config.ts and deploy the inference stack`
    : `enable it for the account in the Bedrock console of ${region}, under "Model access"`;
  return unavailable(
    `AWS does not allow the model "${model}" in ${region}. Its operator must ${mend}.`,
    error,
  );
}
