import { defineConfig } from 'vite';
import { systemUrl } from './testing/env.ts';
import { siteGateway } from './testing/site-gateway.ts';

export default defineConfig({
  plugins: [siteGateway(systemUrl)],
  server: { host: '127.0.0.1', proxy: proxied(systemUrl) },
  preview: { host: '127.0.0.1', proxy: proxied(systemUrl) },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    // Licences ask to be passed on with the code: readers get them at an address of the site.
    license: { fileName: 'licenses.txt' },
  },
});

function proxied(target: string) {
  return Object.fromEntries(['/api', '/inference', '/apps', '/local'].map((path) => [path, { target }]));
}
