import { builderOptions } from '@parley/image/builders';
import { readRepositories } from '../../stages/image-repositories.ts';
import { type Check, missing, ok, warning } from '../check.ts';

/** What builds the services' container images; not needed while every image is in the registry. */
export const builder: Check = {
  name: 'images',
  needs: ['ecr:DescribeRepositories', 'ecr:DescribeImages'],
  run: async ({ cloud, prefix }) => {
    const problems: string[] = [];
    for (const { name, install, find } of builderOptions) {
      const found = await find();
      if (typeof found !== 'string') return [ok(`${found.name} builds container images`)];
      problems.push(`${name} (${found}; ${install})`);
    }
    const what = 'nothing on this machine can build a container image';
    const mend = `Start or install one of: ${problems.join(', ')}.`;
    const repositories = await readRepositories(cloud, prefix).catch(() => []);
    const isPushed = repositories.some(({ images }) => images > 0);
    return [
      isPushed
        ? warning(`${what}; images that are in the registry can be deployed`, mend)
        : missing(what, mend),
    ];
  },
};
