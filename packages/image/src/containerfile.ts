import { containerPort } from '@parley/contract/names';

/** Folders of the build context, and what a builder reads. */
export const contextFolders = { base: 'base', app: 'app', containerfile: 'Containerfile' } as const;

/**
 * How an image is put together: it only copies, so that any machine builds for any architecture without emulation,
 * and starts from nothing, so that no registry is asked.
 */
export function containerfile(command: readonly string[]): string {
  return [
    'FROM scratch',
    `COPY ${contextFolders.base}/ /`,
    `COPY ${contextFolders.app}/ /app/`,
    'ENV PATH=/usr/local/bin',
    'WORKDIR /app',
    'USER 1000:1000',
    `EXPOSE ${containerPort}`,
    `CMD ${JSON.stringify(command)}`,
    '',
  ].join('\n');
}
