import type { Architecture } from '@parley/contract/architecture';

/** One package of Debian: where its file lies in the archive, and its SHA-256. */
export interface DebianPackage {
  name: string;
  path: string;
  sha256: string;
}

/** Debian's release, and when these versions were its newest: where the archive of all times has them. */
export const debianRelease = { version: '13', codename: 'trixie', pinned: '20261121T000000Z' } as const;

/**
 * The packages whose libraries Node needs, and the one with their copyright. How to renew them is in the README;
 * a new Node shows whether they still suffice when an image is tested.
 */
export const debianPackages: Readonly<Record<Architecture, readonly DebianPackage[]>> = {
  arm64: [
    {
      name: 'libc6',
      path: 'pool/main/g/glibc/libc6_2.41-12+deb13u4_arm64.deb',
      sha256: '8784eda966b189c777a384dac5ce009e8fc9b52d006926c5a013e7fa8aa688cc',
    },
    {
      name: 'libgcc-s1',
      path: 'pool/main/g/gcc-14/libgcc-s1_14.2.0-19_arm64.deb',
      sha256: '1108bc87879833d6d9a145f22a4a15cddb34e065b4b5f4b97bee586adbac2851',
    },
    {
      name: 'libstdc++6',
      path: 'pool/main/g/gcc-14/libstdc++6_14.2.0-19_arm64.deb',
      sha256: '6669b0c52a2e7c6af9adfdabce3ff6e286065cdfbc7b85280862b5f799daebee',
    },
    {
      name: 'gcc-14-base',
      path: 'pool/main/g/gcc-14/gcc-14-base_14.2.0-19_arm64.deb',
      sha256: '34ee90679b018c0e64234747a4c4c0ae6b7f63541115037465a8627c2dfbc594',
    },
  ],
  x86_64: [
    {
      name: 'libc6',
      path: 'pool/main/g/glibc/libc6_2.41-12+deb13u4_amd64.deb',
      sha256: '967aa62605721081c3eb2a17650611a792aa802d76a6511d1840242623d204c9',
    },
    {
      name: 'libgcc-s1',
      path: 'pool/main/g/gcc-14/libgcc-s1_14.2.0-19_amd64.deb',
      sha256: '3c71917b490d1a17aed43196a2787a256ecf060526cdb20216a74bedc061b150',
    },
    {
      name: 'libstdc++6',
      path: 'pool/main/g/gcc-14/libstdc++6_14.2.0-19_amd64.deb',
      sha256: 'ab1fa05837aa7a92aae748fd07a18a35f7d18bb4a71c4724fe2bbf0e32089de0',
    },
    {
      name: 'gcc-14-base',
      path: 'pool/main/g/gcc-14/gcc-14-base_14.2.0-19_amd64.deb',
      sha256: '5b6825de4263824b78c4c51f6476414f3b4e89c2ab63e81dc8b9b5501e867cf6',
    },
  ],
};
