import { randomUUID } from 'node:crypto';
import { digestOf, putImage, type StoredRepository } from './registry-store.ts';

/** An answer of the registry. */
export interface RegistryAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer;
}

export interface RegistryRequest {
  method: string;
  url: URL;
  contentType: string;
  body: Buffer;
}

type Store = Map<string, StoredRepository>;

/** The OCI distribution protocol, as far as pushing and pulling images use it. Uploads are kept by their address. */
export function registryRoutes(repositories: Store): (request: RegistryRequest) => RegistryAnswer {
  const uploads = new Map<string, Buffer>();
  return (request) => {
    const { pathname } = request.url;
    if (pathname === '/v2/') return { status: 200, body: Buffer.from('{}') };
    const [, name = '', kind, rest = ''] = /^\/v2\/(.+)\/(blobs|manifests)\/(.*)$/.exec(pathname) ?? [];
    const repository = repositories.get(name);
    if (!repository) return problem(404, 'NAME_UNKNOWN', `no repository ${name}`);
    if (kind === 'manifests') return manifest(repository, rest, request);
    if (rest.startsWith('uploads/')) return upload(repository, name, uploads, request);
    const blob = repository.blobs.get(rest);
    if (!blob) return problem(404, 'BLOB_UNKNOWN', rest);
    return content(blob, 'application/octet-stream', request);
  };
}

function upload(
  repository: StoredRepository,
  name: string,
  uploads: Map<string, Buffer>,
  { method, url, body }: RegistryRequest,
): RegistryAnswer {
  const path = method === 'POST' ? `/v2/${name}/blobs/uploads/${randomUUID()}` : url.pathname;
  const received = Buffer.concat([uploads.get(path) ?? Buffer.alloc(0), body]);
  const digest = url.searchParams.get('digest');
  if (method !== 'PUT' || digest === null) {
    uploads.set(path, received);
    const range = `0-${Math.max(received.length - 1, 0)}`;
    return { status: 202, headers: { location: path, range } };
  }
  uploads.delete(path);
  if (digestOf(received) !== digest) return problem(400, 'DIGEST_INVALID', digest);
  repository.blobs.set(digest, received);
  return {
    status: 201,
    headers: { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest },
  };
}

function manifest(repository: StoredRepository, reference: string, request: RegistryRequest): RegistryAnswer {
  if (request.method === 'PUT') {
    const tag = reference.startsWith('sha256:') ? undefined : reference;
    if (!putImage(repository, request.body, request.contentType, tag))
      return problem(400, 'TAG_INVALID', `The image tag '${tag}' already exists and cannot be overwritten`);
    return { status: 201, headers: { 'docker-content-digest': digestOf(request.body) } };
  }
  const image = repository.images.find(({ digest, tags }) => digest === reference || tags.has(reference));
  return image
    ? content(image.manifest, image.mediaType, request)
    : problem(404, 'MANIFEST_UNKNOWN', reference);
}

function content(body: Buffer, type: string, { method }: RegistryRequest): RegistryAnswer {
  const headers = {
    'content-type': type,
    'docker-content-digest': digestOf(body),
    'content-length': `${body.length}`,
  };
  return method === 'HEAD' ? { status: 200, headers } : { status: 200, headers, body };
}

function problem(status: number, code: string, message: string): RegistryAnswer {
  return { status, body: Buffer.from(JSON.stringify({ errors: [{ code, message }] })) };
}
