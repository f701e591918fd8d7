// SPDX-License-Identifier: MIT
// How the pages are built: no inline script or style, every file named by its content.
import { defineConfig } from 'vite';
import { serviceWorker } from './tools/service-worker.mjs';

export default defineConfig({
  plugins: [serviceWorker('src/worker.js', 'worker.js')],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    outDir: process.env.PAGES_OUT ?? 'dist',
    emptyOutDir: true,
  },
  server: { proxy: Object.fromEntries(['/v1', '/me', '/signin', '/signout', '/openapi.json'].map(
    (path) => [path, process.env.AUTOCRM_SERVER ?? 'http://127.0.0.1:8080'])) },
});
