// SPDX-License-Identifier: MIT
// A build step: the service worker with the list of all files to be kept for offline use.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** Takes SOURCE, puts the files in for __FILES__ and their common hash for __VERSION__. */
export function serviceWorker(source, name) {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post', // once files that nothing is left of are out of the bundle
    generateBundle(_options, bundle) {
      const files = ['/', ...readdirSync('public').map((file) => `/${file}`)];
      const hash = createHash('sha256').update(readFileSync(source));
      for (const file of readdirSync('public'))
        hash.update(readFileSync(`public/${file}`));
      for (const file of Object.keys(bundle).sort()) {
        hash.update(file).update(bundle[file].code ?? bundle[file].source ?? '');
        if (file !== 'index.html')
          files.push(`/${file}`);
      }
      const text = readFileSync(source, 'utf8')
        .replace('__FILES__', JSON.stringify(files))
        .replace('__VERSION__', hash.digest('hex').slice(0, 12));
      this.emitFile({ type: 'asset', fileName: name, source: text });
    },
  };
}
