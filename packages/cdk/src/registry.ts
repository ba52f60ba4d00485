import { Arn, ArnFormat } from 'aws-cdk-lib/core';
import { bucketFolders, env, ssmPath } from '@parley/contract/names';
import { Construct } from 'constructs';
import type { Grantee } from './access.ts';
import { objectsOf } from './bucket-objects.ts';
import { ParleyStack } from './parley-stack.ts';
import { readParameter } from './shared-parameter.ts';

/** What packages/store does with a table, which a test compares. It never scans, and there is no index. */
const readActions = ['dynamodb:GetItem', 'dynamodb:Query'];
const writeActions = ['dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** One of the stage's tables, and the variable that tells a service its name. */
export class DataTable {
  private readonly scope: Construct;
  private readonly tableName: string;
  private readonly variable: string;

  constructor(scope: Construct, tableName: string, variable: string) {
    this.scope = scope;
    this.tableName = tableName;
    this.variable = variable;
  }

  grantRead(grantee: Grantee): void {
    this.grant(grantee, readActions);
  }

  grantReadWrite(grantee: Grantee): void {
    this.grant(grantee, [...readActions, ...writeActions]);
  }

  private grant(grantee: Grantee, actions: string[]): void {
    const arn = Arn.format(
      { service: 'dynamodb', resource: 'table', resourceName: this.tableName },
      ParleyStack.of(this.scope),
    );
    grantee.allow({
      environment: { [this.variable]: this.tableName },
      actions,
      resources: [arn],
    });
  }
}

const keysReason = 'Keys are named after users and conversations, which are not known before they exist.';

/** The bucket that holds attachments and what is too large for an event. What packages/session-files does with it. */
export class AttachmentsBucket {
  private readonly bucketName: string;

  constructor(bucketName: string) {
    this.bucketName = bucketName;
  }

  /** For what runs agents: reads attachments and keeps outputs. It changes and deletes neither. */
  grantRuns(grantee: Grantee): void {
    this.grant(grantee, 'attachments', ['s3:GetObject']);
    this.grant(grantee, 'outputs', ['s3:PutObject']);
  }

  /** For what keeps sessions: signs forms for uploads, looks at them, keeps attachments, and deletes a session's files. */
  grantSessions(grantee: Grantee): void {
    const { uploads, attachments, outputs } = bucketFolders;
    this.grant(grantee, 'uploads', ['s3:DeleteObject', 's3:GetObject', 's3:PutObject']);
    this.grant(grantee, 'attachments', ['s3:DeleteObject', 's3:GetObject', 's3:PutObject']);
    this.grant(grantee, 'outputs', ['s3:DeleteObject']);
    grantee.allow({
      actions: ['s3:ListBucket'],
      resources: [Arn.format({ ...s3, resource: this.bucketName }, ParleyStack.of(grantee))],
      conditions: {
        StringLike: { 's3:prefix': [uploads, attachments, outputs].map((folder) => `${folder}*`) },
      },
    });
  }

  private grant(grantee: Grantee, folder: keyof typeof bucketFolders, actions: string[]): void {
    grantee.allow({
      environment: { [env.attachmentsBucket]: this.bucketName },
      actions,
      resources: [objectsOf(this.bucketName, grantee, keysReason, bucketFolders[folder])],
    });
  }
}

/** Parts of a bucket's ARN, which names no region and no account. */
const s3 = { service: 's3', region: '', account: '', arnFormat: ArnFormat.NO_RESOURCE_NAME };

/** Whose tokens the stage's services accept, with which scope and, where the settings name one, which audience. */
export class SignIn {
  readonly issuer: string;
  readonly scope: string;
  private readonly audience: string | undefined;

  constructor(stack: ParleyStack, issuer: string, scope: string) {
    this.issuer = issuer;
    this.scope = scope;
    this.audience = stack.settings.signIn?.audience;
  }

  /** Lets a service check tokens. The issuer's keys are public, so this takes no permission. */
  grantVerify(grantee: Grantee): void {
    const environment = { [env.authIssuer]: this.issuer, [env.authScope]: this.scope };
    grantee.allow({
      environment: {
        ...environment,
        ...(this.audience !== undefined && { [env.authAudience]: this.audience }),
      },
      actions: [],
      resources: [],
    });
  }
}

/** The registry's data and sign-in, as another stack of the stage sees them. */
export class Registry extends Construct {
  readonly catalog: DataTable;
  readonly conversations: DataTable;
  readonly attachments: AttachmentsBucket;
  readonly signIn: SignIn;

  private constructor(stack: ParleyStack) {
    super(stack, 'Registry');
    const { registry, auth } = ssmPath;
    const read = (path: string) => readParameter(this, path);
    this.catalog = new DataTable(this, read(registry(stack.prefix, 'catalog-table')), env.catalogTable);
    this.conversations = new DataTable(
      this,
      read(registry(stack.prefix, 'conversations-table')),
      env.conversationsTable,
    );
    this.attachments = new AttachmentsBucket(read(registry(stack.prefix, 'attachments-bucket')));
    this.signIn = new SignIn(stack, read(auth(stack.prefix, 'issuer')), read(auth(stack.prefix, 'scope')));
  }

  /** The registry as seen from the stack of `scope`; imported once. */
  static of(scope: Construct): Registry {
    const stack = ParleyStack.of(scope);
    return (stack.node.tryFindChild('Registry') as Registry | undefined) ?? new Registry(stack);
  }
}
