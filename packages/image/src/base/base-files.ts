import type { Architecture } from '@parley/contract/architecture';
import { platforms } from '../platform.ts';
import { debianPackages, debianRelease } from './pins.ts';

/** A file of the base that comes out of a Debian package, by its path in there. */
export interface PackagedFile {
  package: string;
  from: string;
  /** Path in the image. */
  to: string;
}

/** Libraries that Node names as needed (`readelf -d`), by package. The loader has its own place. */
const libraries = {
  libc6: ['libc.so.6', 'libm.so.6', 'libdl.so.2', 'libpthread.so.0'],
  'libgcc-s1': ['libgcc_s.so.1'],
  'libstdc++6': ['libstdc++.so.6'],
} as const;

const copyrights = { libc6: 'libc6', 'gcc-14-base': 'gcc-14-base' } as const;

/** What Node needs of Debian's packages, and the copyright of that. */
export function packagedFiles(architecture: Architecture): PackagedFile[] {
  const { libraries: folder, loader } = platforms[architecture];
  const loaderName = loader.slice(loader.lastIndexOf('/') + 1);
  return [
    { package: 'libc6', from: `usr/lib/${folder}/${loaderName}`, to: loader.slice(1) },
    ...Object.entries(libraries).flatMap(([name, files]) =>
      files.map((file) => ({
        package: name,
        from: `usr/lib/${folder}/${file}`,
        to: `usr/lib/${folder}/${file}`,
      })),
    ),
    ...Object.entries(copyrights).map(([name, owner]) => {
      const path = `usr/share/doc/${owner}/copyright`;
      return { package: name, from: path, to: path };
    }),
  ];
}

/** Files whose text is ours, by their path in the image. */
export const writtenFiles: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/:/nologin\nnode:x:1000:1000:node:/app:/nologin\n',
  'etc/group': 'root:x:0:\nnode:x:1000:\n',
  'etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  // With it, and the descriptions below var/lib/dpkg, a scanner knows whose libraries these are.
  'etc/os-release': [
    `PRETTY_NAME="Debian GNU/Linux ${debianRelease.version} (${debianRelease.codename})"`,
    'NAME="Debian GNU/Linux"',
    `VERSION_ID="${debianRelease.version}"`,
    `VERSION_CODENAME=${debianRelease.codename}`,
    'ID=debian',
    '',
  ].join('\n'),
};

/** Where scanners look for the packages of an image that has no package manager. */
export function controlPath(name: string): string {
  return `var/lib/dpkg/status.d/${name}`;
}

/** All of the base but Node, for the tag's hash: what it is made of, and by which rules. */
export function baseRules(architecture: Architecture): object {
  return {
    packages: debianPackages[architecture],
    files: packagedFiles(architecture),
    written: writtenFiles,
  };
}
