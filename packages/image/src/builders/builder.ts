/** A program that builds and pushes images. */
export interface Builder {
  name: string;
  /** Builds the context in `folder` for a platform, such as `linux/arm64`, and names the image `reference`. */
  build(request: BuildRequest): Promise<void>;
  push(request: PushRequest): Promise<void>;
  /** Forgets the image on this machine. */
  remove(reference: string): Promise<void>;
}

export interface BuildRequest {
  folder: string;
  platform: string;
  reference: string;
  signal?: AbortSignal | undefined;
}

export interface PushRequest {
  reference: string;
  registry: Registry;
  signal?: AbortSignal | undefined;
}

/** A registry and how to sign in there. */
export interface Registry {
  /** Host, with its port when it has one. */
  host: string;
  /** Spoken to without TLS: an emulator on this machine. */
  insecure: boolean;
  user: string;
  password: string;
}

/** One way to build images: whether it works on this machine, and how to come by it. */
export interface BuilderOption {
  name: string;
  /** How to install it, in one line. */
  install: string;
  /** The builder, or in one line why it does not work here. */
  find(): Promise<Builder | string>;
}
