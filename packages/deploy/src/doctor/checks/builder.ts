import { builderOptions } from '@parley/image/builders';
import { type Check, missing, ok } from '../check.ts';

/** What builds the services' container images. */
export const builder: Check = {
  name: 'images',
  needs: [],
  run: async () => {
    const problems: string[] = [];
    for (const { name, install, find } of builderOptions) {
      const found = await find();
      if (typeof found !== 'string') return [ok(`${found.name} builds container images`)];
      problems.push(`${name} (${found}; ${install})`);
    }
    return [
      missing(
        'nothing on this machine can build a container image',
        `Start or install one of: ${problems.join(', ')}.`,
      ),
    ];
  },
};
