import { AwsServer } from './aws/aws-server.ts';
import { BucketStore } from './aws/bucket-store.ts';
import { CustomResourceResponses } from './aws/custom-resource-responses.ts';
import { DynamoDb } from './aws/dynamodb-api.ts';
import { type Distribution, distributionOf } from './distribution/distribution.ts';
import { S3Api } from './aws/s3-api.ts';
import { ssmOperations } from './aws/ssm-api.ts';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import { childEnvironment, lambdaEnvironment } from './child-environment.ts';
import { type NotRun, listNotRun } from './deploy/not-run.ts';
import { type StackReport, updateStacks } from './deploy/update-stacks.ts';
import type { EventListener } from './events.ts';
import { allFunctions, findFunction } from './functions/find-function.ts';
import { mendFunctions } from './functions/mend-functions.ts';
import { FunctionRunner } from './functions/function-runner.ts';
import { Gateway } from './gateway/gateway.ts';
import { localPages } from './gateway/local-pages.ts';
import { type Routes, idleTimeoutSeconds, routesOf } from './gateway/routes.ts';
import { createIssuer } from './issuer/issuer.ts';
import { poolOf } from './issuer/pool.ts';
import { localSecrets } from './issuer/sign-in-keys.ts';
import { Tokens } from './issuer/tokens.ts';
import { Handlers } from './resources/handlers.ts';
import { ServiceRunner } from './services/service-runner.ts';
import { type ReadSecret, serviceSpecs } from './services/service-spec.ts';
import { ParameterStore } from './state/parameter-store.ts';
import { StackStore } from './state/stack-store.ts';
import { runtimeApiPath } from './aws/runtime-api.ts';

export interface SystemOptions {
  dataFolder: string;
  port: number;
  exactPort: boolean;
  workspaceFolder(name: string): string;
  seeds: Record<string, string>;
  secret: ReadSecret;
  emit: EventListener;
}

export interface UpdateReport {
  stacks: StackReport[];
  /** Services that did not become ready, with the reason. */
  failedServices: { service: string; error: string }[];
}

const region = 'us-east-1';

/** All parts of a running local system, put together. */
export class System {
  readonly #options: SystemOptions;
  readonly #store: StackStore;
  readonly #parameters: ParameterStore;
  readonly #dynamodb: DynamoDb;
  readonly #aws: AwsServer;
  readonly #functions: FunctionRunner;
  readonly #services: ServiceRunner;
  readonly #gateway: Gateway;
  readonly #handlers: Handlers;
  #assemblies: StackAssembly[] = [];
  #updating: Promise<unknown> = Promise.resolve();
  #routes: { revision: number; routes: Routes; distribution: Distribution | undefined } | undefined;

  /** Open the data folder and start the servers; no stack is touched yet. */
  static async open(options: SystemOptions): Promise<System> {
    const { dataFolder, seeds } = options;
    const [store, parameters, secrets] = await Promise.all([
      StackStore.open(dataFolder),
      ParameterStore.open(dataFolder),
      localSecrets(dataFolder),
    ]);
    for (const [path, value] of Object.entries(seeds)) await parameters.put(path, value);
    const system = new System(options, store, parameters, secrets);
    try {
      await system.#aws.listen();
      await system.#gateway.listen(options.port, options.exactPort);
      return system;
    } catch (error) {
      await system.close();
      throw error;
    }
  }

  private constructor(
    options: SystemOptions,
    store: StackStore,
    parameters: ParameterStore,
    secrets: Awaited<ReturnType<typeof localSecrets>>,
  ) {
    const { dataFolder, workspaceFolder, emit } = options;
    this.#options = options;
    this.#store = store;
    this.#parameters = parameters;
    this.#dynamodb = new DynamoDb(dataFolder);
    const credentials = { accessKeyId: 'local', secretAccessKey: secrets.awsSecret };
    const buckets = new BucketStore(dataFolder);
    const s3 = new S3Api(buckets, credentials);
    const responses = new CustomResourceResponses();
    const environment = (ofRegion: string): Record<string, string> =>
      childEnvironment({
        credentials,
        region: ofRegion,
        awsUrl: `http://${this.#aws.host}`,
        gatewayUrl: this.#gateway.url,
        dataFolder,
        hasPool: poolOf(store) !== undefined,
      });
    this.#functions = new FunctionRunner({
      dataFolder,
      baseEnvironment: (spec) => ({ ...environment(spec.region), ...lambdaEnvironment(spec) }),
      onLine: (source, line) => emit({ type: 'log', source, line }),
      runtimeApi: () => `${this.#aws.host}${runtimeApiPath}`,
    });
    const find = (named: string, qualifier?: string) => findFunction(store, dataFolder, named, qualifier);
    this.#aws = new AwsServer({
      credentials,
      dynamodb: this.#dynamodb,
      s3,
      functions: this.#functions,
      findFunction: find,
      ssm: ssmOperations(parameters, region),
      responses,
    });
    this.#services = new ServiceRunner({
      dataFolder,
      workspaceFolder,
      extraEnvironment: (spec) => environment(spec.region),
      emit,
    });
    this.#handlers = new Handlers({
      store,
      dataFolder,
      parameters,
      buckets,
      responses,
      dynamodb: this.#dynamodb,
      responseHost: () => this.#aws.host,
      invoke: async (functionArn, payload) => this.#functions.invoke(find(functionArn), payload),
      asset: (stack, key) => this.#asset(stack, key),
    });
    const issuer = createIssuer({
      tokens: new Tokens(secrets),
      pool: () => poolOf(store),
      origin: () => this.#gateway.url,
    });
    const pages = localPages(issuer, s3);
    this.#gateway = new Gateway({
      routes: () => this.#currentRoutes().routes,
      distribution: () => this.#currentRoutes().distribution,
      buckets,
      target: (group) => this.#services.target(group),
      idleTimeoutSeconds: () => idleTimeoutSeconds(store),
      serveLocal: pages,
      servePage: pages,
    });
  }

  get url(): string {
    return this.#gateway.url;
  }

  get notRun(): NotRun[] {
    return listNotRun(this.#store, this.#handlers);
  }

  /** Bring stacks and services to what the assemblies say. Calls made meanwhile wait for their turn. */
  update(assemblies: string[]): Promise<UpdateReport> {
    const update = this.#updating.then(() => this.#update(assemblies));
    this.#updating = update.catch(() => undefined);
    return update;
  }

  /** Let services finish, then stop everything. */
  async close(): Promise<void> {
    await this.#updating;
    await this.#services.close();
    await this.#gateway.close();
    await this.#functions.close();
    await this.#aws.close();
    await this.#dynamodb.close();
  }

  async #update(assemblies: string[]): Promise<UpdateReport> {
    const stacks = await updateStacks(assemblies, {
      store: this.#store,
      handlers: this.#handlers,
      parameters: this.#parameters,
      workspaceFolder: this.#options.workspaceFolder,
      emit: this.#options.emit,
      use: (read) => this.#use(read),
    });
    const functions = allFunctions(this.#store, this.#options.dataFolder);
    this.#functions.keepOnly(new Set(functions.map(({ fingerprint }) => fingerprint)));
    const { specs, failed } = serviceSpecs(this.#store, this.#parameters, this.#options.secret);
    return { stacks, failedServices: [...failed, ...(await this.#services.reconcile(specs))] };
  }

  async #use(assemblies: StackAssembly[]): Promise<void> {
    const isFirst = this.#assemblies.length === 0;
    this.#assemblies = assemblies;
    // What a disk, or a hand, did to the copies of code is found at the start; nothing else writes there.
    if (isFirst) await mendFunctions(this.#store, this.#options.dataFolder, (...of) => this.#asset(...of));
  }

  #asset(stack: string, objectKey: string): string | undefined {
    return this.#assemblies.find(({ name }) => name === stack)?.assets.get(objectKey)?.path;
  }

  #currentRoutes(): { routes: Routes; distribution: Distribution | undefined } {
    const { revision } = this.#store;
    if (this.#routes?.revision !== revision) {
      const store = this.#store;
      const distribution = distributionOf(store, this.#gateway.url);
      this.#routes = { revision, routes: routesOf(store), distribution };
    }
    return this.#routes;
  }
}
